// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// expectOnlyWebhook checks that the API has one webhook, and the state the same.
func (s *session) expectOnlyWebhook(b *block, events ...string) {
	s.t.Helper()
	all := s.Webhooks()
	if len(all) != 1 || all[0].ID != b.object.Value.Text("id") || all[0].URL != hookURL || !slices.Equal(all[0].Events, events) {
		s.t.Errorf("the API has %+v", all)
	}
	stored := b.object.Value
	var disabled bool
	if err := stored["disabled"].As(&disabled); err != nil || disabled || stored.Number("failure_count") != 0 {
		s.t.Error("the state has a failure count, or a disabled webhook")
	}
	expectText(s.t, "url", stored.Text("url"), hookURL)
	if want := s.schemas.Resources[b.typeName].Object(args{"events": events})["events"]; !stored["events"].Equal(want) {
		s.t.Error("the state has other events")
	}
}

// Terraform sets right what it manages. TestWebhookDrift has other drifts on a real
// Terraform.
func TestEventsAreSetRight(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.made()
	s.ChangeWebhook(s.Webhooks()[0].ID, func(h *emulator.Webhook) { h.Events, h.FailureCount, h.Disabled = []string{"*"}, 0, false })
	plan := s.mustPlan()
	if c := plan[0]; c.replaces || c.planned.Value.Equal(c.before.Value) {
		t.Error("no update is planned")
	}
	s.carryOut(plan)
	s.expectSettled()
	s.expectOnlyWebhook(b, "payment.completed")
}

func TestTaintedWebhookIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.made()
	before := b.object.Value.Text("id")
	s.taint(b)
	s.mustApply()
	s.expectSettled()
	s.expectOnlyWebhook(b, "payment.completed")
	if b.object.Value.Text("id") == before {
		t.Error("the webhook was not replaced")
	}
}

// TestWebhookUpdateAndDeletionFail has two of these on a real Terraform.
func TestEachFailedChangeOfAWebhook(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.made()
	inject := func(method string, fault emulator.Fault) {
		s.Inject(fault.On(method, emulator.WebhooksPath+"/"+s.Webhooks()[0].ID))
	}
	gone := emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", "")
	forbidden := emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "")

	b.config["events"] = []string{"*"}
	inject(http.MethodPatch, gone)
	s.expectError(s.apply(), "The webhook is gone", "404 Not Found to PATCH", "Plan again: it will be created anew")
	inject(http.MethodPatch, forbidden)
	s.expectError(s.apply(), "The webhook was not updated", "403 Forbidden")
	inject(http.MethodPatch, emulator.Fault{Drop: true}.After()) // sent again, since that does no harm
	s.mustApply()
	s.expectSettled()
	s.expectOnlyWebhook(b, "*")

	inject(http.MethodDelete, forbidden)
	s.destroy()
	s.expectError(false, "The webhook was not deleted", "403 Forbidden")
	inject(http.MethodDelete, gone) // the first one is not known to be there, but is
	s.taint(b)
	s.mustApply()
	if left := s.Webhooks(); len(left) != 2 || left[0].ID == b.object.Value.Text("id") {
		t.Errorf("there are %+v", left)
	}
}

// The provider lists the webhooks before it makes one.
func TestWebhookThatCannotBeListedIsNotMade(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.webhook()
	s.Inject(onWebhooks(http.MethodGet, emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")))
	s.expectError(s.apply(), "The webhook was not created", "set integrator_secret to the live secret before each run", "depends_on")
	s.expectWebhooksAskedFor(0)
	s.mustApply()
	s.expectOnlyWebhook(b, "payment.completed")
	s.expectWebhooksAskedFor(1)
}

// TestWebhookBadInput has more of these on a real Terraform.
func TestEachBadInputOfAWebhook(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct {
		config args
		says   []string
	}{
		{args{"url": "", "events": []string{"*"}}, []string{"Attribute url string length must be at least 1"}},
		{args{"url": "http://example.com/hook", "events": []string{"*"}}, []string{"The value of url must be an absolute https URL"}},
		{args{"url": "example.com/hook", "events": []string{"*"}}, []string{"The value of url must be an absolute https URL"}},
		{args{"url": "https://example.com/a b", "events": []string{"*"}}, []string{"The value of url must be written as it goes over the wire"}},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.add("webhook", tt.config)
			_, ok := s.plan()
			s.expectError(ok, tt.says...)
			if sent := len(s.Requests()); sent != 0 {
				t.Errorf("%d requests were sent", sent)
			}
		})
	}
}

func TestTaintedWebhookSecretIsSetAgain(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.webhookSecret()
	s.mustApply()
	s.taint(b)
	b.config["secret_wo"] = "third"
	s.mustApply()
	s.expectSettled()
	if err := s.signs("third"); err != nil {
		t.Error(err)
	}
	s.expectSecretSent(2)
}

// TestWebhookSecretIsNotSet has one of these on a real Terraform.
func TestEachFailureToSetTheWebhookSecret(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.webhookSecret()
	fail := func(fault emulator.Fault) { s.Inject(fault.On(http.MethodPost, emulator.WebhookSecretPath)) }
	set := func(secret string, version int) {
		b.config["secret_wo"], b.config["secret_wo_version"] = secret, version
	}

	set("first", 1)
	fail(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", ""))
	s.expectError(s.apply(), "The webhook secret was not set", "set integrator_secret to the live secret before each run", "depends_on")
	if b.object != nil {
		t.Error("what was not created is in the state")
	}
	fail(emulator.Fault{Reset: true}.After()) // sent again, since that does no harm
	s.mustApply()
	if err := s.signs("first"); err != nil {
		t.Error(err)
	}

	set("second", 2)
	fail(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""))
	s.expectError(s.apply(), "The webhook secret was not set", "403 Forbidden")
	if version := b.object.Value.Number("secret_wo_version"); version != 1 {
		t.Errorf("version %d of a failure is in the state", version)
	}
	s.mustApply()
	s.expectSettled()
	if err := s.signs("second"); err != nil {
		t.Error(err)
	}
	if !b.object.Value["secret_wo"].IsNull() || b.object.Value.Number("secret_wo_version") != 2 {
		t.Error("the state has the secret, or not its version")
	}
	s.expectSecretSent(5)
}
