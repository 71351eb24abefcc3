// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The published examples of the integrator's other secrets are applied as they
// stand, with the variables that they ask for.
func TestOtherExamples(t *testing.T) {
	t.Parallel()
	for file, call := range map[string][2]string{
		"resources/integrator_webhook/resource.tf":                          {http.MethodPost, emulator.WebhooksPath},
		"resources/integrator_webhook_secret/resource.tf":                   {http.MethodPost, emulator.WebhookSecretPath},
		"data-sources/integrator_webhooks/data-source.tf":                   {http.MethodGet, emulator.WebhooksPath},
		"ephemeral-resources/integrator_access_token/ephemeral-resource.tf": {http.MethodPost, emulator.TokensPath},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			example, err := os.ReadFile("../../examples/" + file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, emulator.Options{})
			w.terraform(resource.TestStep{Config: string(example), ConfigVariables: config.Variables{
				"webhook_secret": config.StringVariable("whsec_example"),
				"user_api_key":   config.StringVariable("ak_demo"),
			}})
			if w.Count(call[0], call[1]) == 0 {
				t.Error("it called nothing")
			}
		})
	}
}
