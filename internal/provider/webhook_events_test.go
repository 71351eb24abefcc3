// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// expectSummaries checks the first lines of all that the last command has told.
func (s *session) expectSummaries(want ...string) {
	s.t.Helper()
	var told []string
	for _, d := range s.told {
		severity := "Warning: "
		if d.Error {
			severity = "Error: "
		}
		told = append(told, severity+d.Summary)
	}
	if !slices.Equal(told, want) {
		s.t.Errorf("told %q, not %q", told, want)
	}
}

// events are those of an object, sorted.
func (s *session) events(o *protocol.Object) (events []string) {
	s.t.Helper()
	var elements []tftypes.Value
	if err := o.Value["events"].As(&elements); err != nil {
		s.t.Fatal(err)
	}
	for _, element := range elements {
		var event string
		if err := element.As(&event); err != nil {
			s.t.Fatal(err)
		}
		events = append(events, event)
	}
	slices.Sort(events)
	return events
}

func (s *session) expectEvents(o *protocol.Object, want ...string) {
	s.t.Helper()
	if got := s.events(o); !slices.Equal(got, want) {
		s.t.Errorf("the events in state are %q, not %q", got, want)
	}
}

const (
	unknownEvent = "Warning: Unknown webhook event"
	otherEvents  = "Warning: The webhook has other events than planned"
	isDisabled   = "Warning: The webhook is disabled"
)

// The provider warns of an event that it does not know. The API decides.
func TestUnknownEvent(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	hook := s.add("webhook", args{"url": hookURL, "events": []string{"*", "payment.invented", "payment.created"}})
	s.mustPlan()
	s.expectSummaries(unknownEvent)
	if told := s.told[0]; !strings.Contains(told.Detail, `"payment.invented"`) || told.Attribute != `events["payment.invented"]` {
		t.Errorf("told %+v", told)
	}
	if s.apply() || hook.object != nil {
		t.Errorf("the API took it: %v", s.told)
	}

	// An API that knows the event.
	s.Inject(onWebhooks(http.MethodPost, emulator.Fault{
		Body: `{"id":"66f2a1c09b3e4d5f6a7b8c9d","url":"` + hookURL + `","events":["*","payment.invented","payment.created"]}`,
	}))
	s.mustApply()
	s.expectSummaries(unknownEvent)
	s.expectEvents(hook.object, "*", "payment.created", "payment.invented")

	// What the webhook has, the API knows.
	s.AddWebhook(hookURL, s.events(hook.object)...)
	s.ChangeWebhook(s.Webhooks()[0].ID, func(w *emulator.Webhook) { w.ID = hook.object.Value.Text("id") })
	hook.config["events"] = []string{"payment.invented"}
	s.mustPlan()
	s.expectSummaries()
	hook.config["events"] = []string{"payment.invented", "payment.imagined"}
	s.mustPlan()
	s.expectSummaries(unknownEvent)
}

// All events beside others is for the API to judge, and what is not known yet is
// nothing to warn of.
func TestAllEventsAndMore(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	hook := s.add("webhook", args{"url": hookURL, "events": []string{"*", "offramp.completed"}})
	hook.unknown = []string{"events"}
	s.mustApply()
	s.expectSummaries()
	s.expectEvents(hook.object, "*", "offramp.completed")
	hook.unknown = nil
	s.mustPlan()
	s.expectSummaries()
}

// A reply may repeat an event.
func TestRepeatedEvents(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	repeat := func(reply map[string]any) {
		events := reply["events"].([]any)
		reply["events"] = append(events, events...)
	}
	s.Inject(onWebhooks(http.MethodPost, emulator.Fault{Rewrite: repeat}), emulator.Fault{Method: http.MethodPatch, Rewrite: repeat})
	hook := s.add("webhook", args{"url": hookURL, "events": []string{"account.created", "account.deleted"}})
	s.mustApply()
	s.expectSummaries()
	s.expectEvents(hook.object, "account.created", "account.deleted")

	hook.config["events"] = []string{"account.created", "offramp.failed"}
	s.mustApply()
	s.expectSummaries()
	s.expectEvents(hook.object, "account.created", "offramp.failed")

	s.ChangeWebhook(hook.object.Value.Text("id"), func(w *emulator.Webhook) { w.Events = append(w.Events, w.Events...) })
	plan := s.mustPlan()
	s.expectEvents(plan[0].before, "account.created", "offramp.failed")
	if !plan[0].planned.Value.Equal(plan[0].before.Value) {
		t.Errorf("something is planned: %v", plan[0].planned.Value)
	}
	s.read("webhooks")
	s.expectSummaries()
	imported := s.add("webhook", maps.Clone(hook.config))
	if !s.importID(imported, hook.object.Value.Text("id")) {
		t.Errorf("told %v", s.told)
	}
	s.expectEvents(imported.object, "account.created", "offramp.failed")
	s.blocks = s.blocks[:1]
	s.destroy()
	s.expectSummaries()
	if left := s.Webhooks(); len(left) != 0 || s.Count(http.MethodPost, "") != 1 {
		t.Errorf("left are %v", left)
	}
}

// The API answers with other events than it was asked for. The state has those that
// were planned, until a refresh shows the others.
func TestOtherEvents(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	exchange := func(reply map[string]any) { reply["events"] = []string{"account.created", "odd\x1b[2J", "more"} }
	s.Inject(onWebhooks(http.MethodPost, emulator.Fault{Rewrite: exchange}), emulator.Fault{Method: http.MethodPatch, Rewrite: exchange})
	hook := s.add("webhook", args{"url": hookURL, "events": []string{"account.created", "payment.created"}})
	s.mustApply()
	s.expectSummaries(otherEvents)
	for _, phrase := range []string{hook.object.Value.Text("id"), `missing: "payment.created"`, `in addition: "odd\x1b[2J", "more"`} {
		if !strings.Contains(s.told[0].Detail, phrase) {
			t.Errorf("%q is not in %s", phrase, s.told[0].Detail)
		}
	}
	s.expectEvents(hook.object, "account.created", "payment.created")

	hook.config["events"] = []string{"payment.updated"}
	s.mustApply()
	s.expectSummaries(otherEvents)
	s.expectEvents(hook.object, "payment.updated")

	s.ChangeWebhook(hook.object.Value.Text("id"), func(w *emulator.Webhook) { w.Events = []string{"account.created"} })
	plan := s.mustPlan()
	s.expectSummaries()
	s.expectEvents(plan[0].before, "account.created")
	s.mustApply()
	s.expectSummaries()
	if hooks := s.Webhooks(); len(hooks) != 1 || !slices.Equal(hooks[0].Events, []string{"payment.updated"}) {
		t.Errorf("there are %v", hooks)
	}
}

func TestDisabledWebhook(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	hook := s.webhook()
	s.mustApply()
	id := hook.object.Value.Text("id")
	s.ChangeWebhook(id, func(w *emulator.Webhook) { w.FailureCount, w.Disabled = 12, true })
	s.mustPlan()
	s.expectSummaries(isDisabled)
	for _, phrase := range []string{id, hookURL, "12", "terraform apply -replace="} {
		if !strings.Contains(s.told[0].Detail, phrase) {
			t.Errorf("%q is not in %s", phrase, s.told[0].Detail)
		}
	}
	hook.replace = true
	s.mustApply()
	hook.replace = false
	s.mustPlan()
	s.expectSummaries()
	if hooks := s.Webhooks(); len(hooks) != 1 || hooks[0].ID == id {
		t.Errorf("there are %v", hooks)
	}
}

// One case with a real Terraform: its warnings, and its set.
func TestEventsInTerraform(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, webhook(hookURL, "payment.created", "payment.invented"))
	output := c.terraform(1, "apply", "-auto-approve")
	c.expect(output, unknownEvent, 1)
	if missing(t, wordOfApplying()) == "" { // or else it is said again, and merged
		c.expect(output, "similar warning elsewhere", 0)
	}
	c.expect(output, "400 Bad Request", 1)

	c.write(webhook(hookURL, "payment.created", "payment.updated"))
	c.Inject(onWebhooks(http.MethodPost, emulator.Fault{Rewrite: func(reply map[string]any) {
		reply["events"] = []string{"payment.created", "payment.created"}
	}}))
	c.expect(c.terraform(0, "apply", "-auto-approve"), otherEvents, 1)
	c.ChangeWebhook(c.Webhooks()[0].ID, func(w *emulator.Webhook) { w.Disabled, w.Events = true, []string{"payment.created"} })
	output = c.terraform(0, "apply", "-auto-approve")
	c.expect(output, isDisabled, 1)
	c.expect(output, "1 changed", 1)
	c.expect(output, "Warning: ", 1)
}
