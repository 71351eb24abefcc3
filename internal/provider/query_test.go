// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// With the published example, webhooks that were made by hand come into the state
// together, without being changed.
func TestQuery(t *testing.T) {
	t.Parallel()
	needs(t, queries())
	c := newCLI(t, emulator.Options{}, `provider "integrator" {}`)
	urls := []string{"https://example.com/1", "https://example.com/2", "https://example.com/3"}
	c.AddWebhook(urls[0], "payment.created", "payment.updated")
	c.AddWebhook(urls[1])
	c.AddWebhook(urls[2], "*")
	query := publishedExamples(t)["list-resources/integrator_webhook/list-resource.tfquery.hcl"]
	if err := os.WriteFile(filepath.Join(c.folder, "webhooks.tfquery.hcl"), []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}

	var found string
	expectRequests(t, c.Server, 1, "a query", func() { found = c.terraform(0, "query") })
	for i, webhook := range c.Webhooks() {
		if !regexp.MustCompile(`id=` + webhook.ID + `\s+` + regexp.QuoteMeta(urls[i]) + `\n`).MatchString(found) {
			t.Errorf("%s is not found in\n%s", urls[i], found)
		}
	}
	c.terraform(0, "query", "-generate-config-out=webhooks.tf")
	applied := c.terraform(0, "apply", "-auto-approve")
	if !strings.Contains(applied, "3 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the apply printed\n%s", applied)
	}
	c.terraform(0, "plan", "-detailed-exitcode") // which is 0 for an empty plan
	if writes := c.Count("", "") - c.Count(http.MethodGet, ""); writes != 0 {
		t.Errorf("%d requests may have changed something", writes)
	}
}
