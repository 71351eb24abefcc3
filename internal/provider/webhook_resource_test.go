// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const (
	hook    = "integrator_webhook.test"
	hookURL = "https://example.com/hook"
)

func webhook(url string, events ...string) string {
	quoted := make([]string, len(events))
	for i, event := range events {
		quoted[i] = fmt.Sprintf("%q", event)
	}
	return fmt.Sprintf("resource \"integrator_webhook\" \"test\" {\n  url    = %q\n  events = [%s]\n}\n", url, strings.Join(quoted, ", "))
}

func hookAction(want plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(hook, want)
}

func hookUnknown(attribute string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(hook, tfjsonpath.New(attribute))
}

func hookStored(attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(hook, tfjsonpath.New(attribute), want)
}

func eventSet(events ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(events))
	for i, event := range events {
		checks[i] = knownvalue.StringExact(event)
	}
	return knownvalue.SetExact(checks)
}

// onlyWebhook checks that the API has one webhook, and the state the same.
func (f *fixture) onlyWebhook(url string, events ...string) []statecheck.StateCheck {
	sole := func(value string) error {
		if all := f.Webhooks(); len(all) != 1 || all[0].ID != value || all[0].URL != url || len(all[0].Events) != len(events) {
			return fmt.Errorf("%s is not the one webhook of %+v", value, all)
		}
		return nil
	}
	return []statecheck.StateCheck{
		hookStored("id", knownvalue.StringFunc(sole)),
		hookStored("url", knownvalue.StringExact(url)),
		hookStored("events", eventSet(events...)),
		hookStored("failure_count", knownvalue.Int64Exact(0)),
		hookStored("disabled", knownvalue.Bool(false)),
	}
}

// TestChangesOfWebhookEvents has other changes.
func TestWebhook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	id := statecheck.CompareValue(compare.ValuesSame())
	same := func() statecheck.StateCheck { return id.AddStateValue(hook, tfjsonpath.New("id")) }
	steps := []resource.TestStep{
		{
			Config: webhook(hookURL, "payment.created", "payment.refunded"),
			ConfigPlanChecks: preApply(hookAction(plancheck.ResourceActionCreate),
				hookUnknown("id"), hookUnknown("failure_count"), hookUnknown("disabled")),
			ConfigStateChecks: append(f.onlyWebhook(hookURL, "payment.created", "payment.refunded"), same()),
		},
		{
			Config:           webhook(hookURL, "payment.refunded", "payment.created"), // a set
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		},
		{ResourceName: hook, ImportState: true, ImportStateVerify: true},
	}
	f.terraform(append(steps,
		resource.TestStep{
			Config: webhook(hookURL, "*"),
			ConfigPlanChecks: preApply(hookAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(hook, tfjsonpath.New("id"), knownvalue.NotNull()), hookUnknown("failure_count"), hookUnknown("disabled")),
			ConfigStateChecks: append(f.onlyWebhook(hookURL, "*"), same()),
		},
		resource.TestStep{
			Config:            webhook(hookURL+"/2", "*"),
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionReplace), hookUnknown("id")),
			ConfigStateChecks: f.onlyWebhook(hookURL+"/2", "*"),
		})...)
	if left := f.Webhooks(); len(left) != 0 {
		t.Errorf("after destroy there are %+v", left)
	}
	for method, want := range map[string]int{http.MethodPost: 2, http.MethodPatch: 1, http.MethodDelete: 2} {
		if got := f.Count(method, ""); got != want {
			t.Errorf("%d requests with %s, not %d", got, method, want)
		}
	}
}

// TestTaintedWebhookIsReplaced has the other way.
func TestWebhookIsCreatedBeforeItIsDestroyed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	first := strings.Replace(webhook(hookURL, "*"), "}\n", "  lifecycle { create_before_destroy = true }\n}\n", 1)
	f.terraform(
		resource.TestStep{Config: first},
		resource.TestStep{
			Config:            strings.Replace(first, hookURL, hookURL+"/2", 1),
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionCreateBeforeDestroy)),
			ConfigStateChecks: f.onlyWebhook(hookURL+"/2", "*"),
		},
	)
}

// The state takes over what changes on the platform. The next apply sets what
// Terraform manages back.
// TestEventsAreSetRight has more.
func TestWebhookDrift(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	change := func(change func(*emulator.Webhook)) func() {
		return func() { f.ChangeWebhook(f.Webhooks()[0].ID, change) }
	}
	config := webhook(hookURL, "payment.created")
	f.terraform(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:        change(func(h *emulator.Webhook) { h.FailureCount, h.Disabled = 7, true }),
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{
				hookStored("failure_count", knownvalue.Int64Exact(7)),
				hookStored("disabled", knownvalue.Bool(true)),
			},
		},
		resource.TestStep{
			PreConfig:         func() { f.RemoveWebhook(f.Webhooks()[0].ID) },
			Config:            config,
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: f.onlyWebhook(hookURL, "payment.created"),
		},
	)
}

// Terraform forgets a webhook only if the API answers with a list without it.
// TestNoAnswerForgetsAWebhook has the other answers.
func TestWebhookIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := webhook(hookURL, "payment.created")
	f.terraform(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				f.Inject(onWebhooks(http.MethodGet, emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")))
			},
			Config: config,
			ExpectError: says("The webhook was not read", "set integrator_secret (INTEGRATOR_SECRET) to the live one",
				"Terraform shows the state of integrator_api_secret to no other type", "depends_on"),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		})
}

// TestEachBadInputOfAWebhook has the others.
func TestWebhookBadInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	for _, tt := range []struct {
		config string
		says   []string
	}{
		{webhook("http://example.com/hook", "*"), []string{"The value of url must be an absolute https URL"}},
		{`resource "integrator_webhook" "test" { url = "https://example.com" }`, []string{`"events" is required`}},
		{`resource "integrator_webhook" "test" { events = [] }`, []string{`"url" is required`}},
		{`resource "integrator_webhook" "test" {
			url    = "https://example.com"
			events = [null]
		}`, []string{"Null Set Value"}},
		{webhook(hookURL, "*") + `resource "integrator_webhook" "other" {
			url           = "https://example.com"
			events        = []
			failure_count = 1
		}`, []string{"Invalid Configuration for Read-Only Attribute"}},
	} {
		steps = append(steps, resource.TestStep{Config: tt.config, ExpectError: says(tt.says...)})
	}
	f.terraform(steps...)
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

// Values that only the apply knows are checked there: a URL before anything is sent,
// and events by the API.
func TestWebhookUnknownInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(url, event string) string {
		return fmt.Sprintf(`
			resource "terraform_data" "later" {
				input = { url = %q, event = %q }
			}
			resource "integrator_webhook" "test" {
				url    = terraform_data.later.output.url
				events = ["*", terraform_data.later.output.event]
			}`, url, event)
	}
	f.terraform(
		resource.TestStep{Config: config("http://example.com/hook", "*"), ExpectError: says("The value of url must be an absolute https URL")},
		resource.TestStep{Config: config(hookURL, "payment.invented"), ExpectError: says("400 Bad Request")},
		resource.TestStep{
			Config:            config(hookURL, "payment.created"),
			ConfigStateChecks: f.onlyWebhook(hookURL, "*", "payment.created"),
		},
	)
	f.expectWebhooksAskedFor(2)
}

func TestWebhookImport(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	there := f.AddWebhook(hookURL, "payment.created")
	config := func(id string) string {
		return webhook(hookURL, "payment.created") + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", hook, id)
	}
	f.terraform(
		resource.TestStep{Config: config("wh_gone"), ExpectError: says("Cannot import non-existent remote object")},
		resource.TestStep{
			Config:            config(there.ID),
			ConfigPlanChecks:  preApply(hookAction(plancheck.ResourceActionNoop)),
			ConfigStateChecks: f.onlyWebhook(hookURL, "payment.created"),
		},
	)
	f.expectWebhooksAskedFor(0)
}

func TestWebhookIdentity(t *testing.T) {
	t.Parallel()
	needs(t, resourceIdentity())
	f := newFixture(t, emulator.Options{})
	identified := []statecheck.StateCheck{statecheck.ExpectIdentityValueMatchesState(hook, tfjsonpath.New("id"))}
	f.terraform(
		resource.TestStep{Config: webhook(hookURL, "payment.created"), ConfigStateChecks: identified},
		resource.TestStep{Config: webhook(hookURL, "*"), ConfigStateChecks: identified},
		resource.TestStep{ResourceName: hook, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
	)
}
