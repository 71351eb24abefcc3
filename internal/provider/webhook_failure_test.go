// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
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
func TestLostWebhookIsTaken(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"cut":         {Drop: true},
		"bad gateway": emulator.HTML(http.StatusBadGateway),
		"not JSON":    {Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.AddWebhook(hookURL, "*")
			f.Inject(onWebhooks(http.MethodPost, fault.After()))
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
		})
	}
}

// Where it is not clear which webhook was made, the error says what there is and
// what to do, and nothing is sent again.
func TestLostWebhookIsReported(t *testing.T) {
	t.Parallel()
	const id = "ID" // stands for any
	for name, tt := range map[string]struct {
		fault     emulator.Fault
		meanwhile func(*fixture) // what happens while the request is under way
		says      []string
	}{
		"none": {
			emulator.Fault{Drop: true},
			func(*fixture) {},
			[]string{"no new one with this URL", "If it is not, apply again"},
		},
		"two": {
			emulator.Fault{Drop: true}.After(),
			func(f *fixture) { f.AddWebhook(hookURL, "payment.created") },
			[]string{"has, with this URL:", id, id, "terraform import <address> <id>"},
		},
		"no list": {
			emulator.HTML(http.StatusInternalServerError).After(),
			func(f *fixture) { f.Inject(onWebhooks(http.MethodGet, emulator.HTML(http.StatusForbidden))) },
			[]string{"500 Internal Server Error to POST", "could not be found out", "403 Forbidden to GET", "data.integrator_webhooks"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			reached, hold := make(chan struct{}), make(chan struct{})
			fault := onWebhooks(http.MethodPost, tt.fault)
			fault.Reached, fault.Hold = reached, hold
			f.Inject(fault)
			go func() {
				<-reached
				tt.meanwhile(f)
				close(hold)
			}()
			said := says(append([]string{"The webhook may have been created", "The request was sent, and not again"}, tt.says...)...)
			f.terraform(resource.TestStep{
				Config:      webhook(hookURL, "payment.created"),
				ExpectError: regexp.MustCompile(strings.ReplaceAll(said.String(), id, `\b[0-9a-f]{24}\b`)),
			})
			f.expectWebhooksAskedFor(1)
		})
	}
}

// A webhook that was not made is not in state, and the next apply makes it.
func TestRefusedWebhook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := webhook(hookURL, "payment.created")
	f.terraform(
		resource.TestStep{
			PreConfig: func() {
				f.Inject(onWebhooks(http.MethodGet, emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")))
			},
			Config:      config,
			ExpectError: says("The webhook was not created", "set integrator_secret to the live secret before each run", "depends_on"),
		},
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

func TestWebhookUpdateAndDeletionFail(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	inject := func(method string, fault emulator.Fault) func() {
		return func() { f.Inject(fault.On(method, emulator.WebhooksPath+"/"+f.Webhooks()[0].ID)) }
	}
	gone := emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", "")
	forbidden := emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "")
	f.terraform(
		resource.TestStep{Config: webhook(hookURL, "payment.created")},
		resource.TestStep{
			PreConfig:   inject(http.MethodPatch, gone),
			Config:      webhook(hookURL, "*"),
			ExpectError: says("The webhook is gone", "404 Not Found to PATCH", "Plan again: it will be created anew"),
		},
		resource.TestStep{
			PreConfig:   inject(http.MethodPatch, forbidden),
			Config:      webhook(hookURL, "*"),
			ExpectError: says("The webhook was not updated", "403 Forbidden"),
		},
		resource.TestStep{
			PreConfig:         inject(http.MethodPatch, emulator.Fault{Drop: true}.After()), // sent again, since that does no harm
			Config:            webhook(hookURL, "*"),
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: f.onlyWebhook(hookURL, "*"),
		},
		resource.TestStep{
			PreConfig:   inject(http.MethodDelete, forbidden),
			Config:      webhook(hookURL+"/2", "*"),
			ExpectError: says("The webhook was not deleted", "403 Forbidden"),
		},
		resource.TestStep{ // the first one is not known to be there, but is
			PreConfig: inject(http.MethodDelete, gone),
			Config:    webhook(hookURL+"/2", "*"),
		},
	)
	if left := f.Webhooks(); len(left) != 1 || left[0].URL != hookURL {
		t.Errorf("after destroy there are %+v", left)
	}
}
