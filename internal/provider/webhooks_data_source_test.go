// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const allWebhooks = `data "integrator_webhooks" "test" {}`

func listed(want ...knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.integrator_webhooks.test", tfjsonpath.New("webhooks"), knownvalue.ListExact(want))
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.terraform(
		resource.TestStep{Config: allWebhooks, ConfigStateChecks: []statecheck.StateCheck{listed()}},
		resource.TestStep{
			PreConfig: func() {
				f.AddWebhook(hookURL)
				second := f.AddWebhook(hookURL+"/2", "payment.created", "payment.updated")
				f.ChangeWebhook(second.ID, func(h *emulator.Webhook) { h.FailureCount, h.Disabled = 4, true })
			},
			Config: allWebhooks,
			ConfigStateChecks: []statecheck.StateCheck{listed(
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"id":            knownvalue.NotNull(),
					"url":           knownvalue.StringExact(hookURL),
					"events":        eventSet(),
					"failure_count": knownvalue.Int64Exact(0),
					"disabled":      knownvalue.Bool(false),
				}),
				knownvalue.ObjectExact(map[string]knownvalue.Check{
					"id":            knownvalue.NotNull(),
					"url":           knownvalue.StringExact(hookURL + "/2"),
					"events":        eventSet("payment.updated", "payment.created"),
					"failure_count": knownvalue.Int64Exact(4),
					"disabled":      knownvalue.Bool(true),
				}),
			)},
		},
	)
}

// TestEachErrorOfTheListOfWebhooks has the other errors.
func TestWebhooksErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", ""))
	f.terraform(resource.TestStep{
		Config: allWebhooks,
		ExpectError: says("The webhooks were not read", "401 Unauthorized",
			"set integrator_secret to the live secret before each run", "depends_on"),
	})
}
