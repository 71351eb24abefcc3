// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func onWebhooks(method string, fault emulator.Fault) emulator.Fault {
	return fault.On(method, emulator.WebhooksPath)
}

func (f *fixture) expectWebhooksAskedFor(want int) {
	f.t.Helper()
	if got := f.Count(http.MethodPost, emulator.WebhooksPath); got != want {
		f.t.Errorf("%d webhooks were asked for, not %d", got, want)
	}
}

// The reply to a creation is lost. The provider finds the webhook that was made, and
// does not take one that was there before.
// TestEveryLostWebhookIsTaken has other ways to lose the reply.
func TestLostWebhookIsTaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.AddWebhook(hookURL, "*")
	f.Inject(onWebhooks(http.MethodPost, emulator.Fault{Drop: true}.After()))
	second := func(id string) error {
		if all := f.Webhooks(); len(all) != 2 || all[1].ID != id {
			return errors.New("not the second of two")
		}
		return nil
	}
	f.terraform(resource.TestStep{
		Config:           webhook(hookURL, "payment.created"),
		ConfigPlanChecks: preApply(hookAction(plancheck.ResourceActionCreate)),
		ConfigStateChecks: []statecheck.StateCheck{
			hookStored("id", knownvalue.StringFunc(second)),
			hookStored("events", eventSet("payment.created")),
		},
	})
	f.expectWebhooksAskedFor(1)
}

// Where it is not clear which webhook was made, the error says what there is and
// what to do, and nothing is sent again.
// TestEveryLostWebhookIsReported has other cases.
func TestLostWebhookIsReported(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(onWebhooks(http.MethodPost, emulator.Fault{Drop: true}))
	f.terraform(resource.TestStep{
		Config: webhook(hookURL, "payment.created"),
		ExpectError: says("The webhook may have been created", "The request was sent, and not again",
			"no new one with this URL", "If it is not, apply again"),
	})
	f.expectWebhooksAskedFor(1)
}

// A webhook that was not made is not in state, and the next apply makes it.
// TestWebhookThatCannotBeListedIsNotMade has another refusal.
func TestRefusedWebhook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := webhook(hookURL, "payment.created")
	f.terraform(
		resource.TestStep{
			PreConfig: func() {
				f.Inject(onWebhooks(http.MethodPost, emulator.Problem(http.StatusBadRequest, emulator.ProblemInvalidFields, "Bad Request", "",
					map[string]any{"errors": []any{map[string]string{"field": "url", "message": "must answer", "code": "dead"}}})))
			},
			Config:      config,
			ExpectError: says("The webhook was not created", "400 Bad Request", "url: must answer (dead)"),
		},
		resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: f.onlyWebhook(hookURL, "payment.created"),
		},
	)
	f.expectWebhooksAskedFor(2)
}

// TestEachFailedChangeOfAWebhook has other failures.
func TestWebhookUpdateAndDeletionFail(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	inject := func(method string) func() {
		return func() {
			f.Inject(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "").On(method, emulator.WebhooksPath+"/"+f.Webhooks()[0].ID))
		}
	}
	f.terraform(
		resource.TestStep{Config: webhook(hookURL, "payment.created")},
		resource.TestStep{
			PreConfig:   inject(http.MethodPatch),
			Config:      webhook(hookURL, "*"),
			ExpectError: says("The webhook was not updated", "403 Forbidden"),
		},
		resource.TestStep{
			PreConfig:   inject(http.MethodDelete),
			Config:      webhook(hookURL+"/2", "*"),
			ExpectError: says("The webhook was not deleted", "403 Forbidden"),
		},
	)
	if left := f.Webhooks(); len(left) != 0 {
		t.Errorf("after destroy there are %+v", left)
	}
}
