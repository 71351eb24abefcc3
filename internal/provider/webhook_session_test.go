// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestWebhook has another change of events on a real Terraform.
func TestChangesOfWebhookEvents(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.webhook()
	s.mustApply()
	id := b.object.Value.Text("id")
	for _, events := range [][]string{{"payment.updated"}, {}, {"*"}} {
		b.config["events"] = events
		plan := s.mustPlan()
		planned := plan[0].planned.Value
		s.expectUnknown(planned, "failure_count", "disabled")
		expectText(t, "the planned id", planned.Text("id"), id)
		s.carryOut(plan)
		s.expectSettled()
		all := s.Webhooks()
		if len(all) != 1 || all[0].ID != id || !slices.Equal(all[0].Events, events) {
			t.Errorf("for %v, the API has %+v", events, all)
		}
		expectText(t, "id", b.object.Value.Text("id"), id)
		var stored []tftypes.Value
		if err := b.object.Value["events"].As(&stored); err != nil || len(stored) != len(events) {
			t.Errorf("for %v, the state has %v", events, stored)
		}
	}
}

// No answer but a list without it makes Terraform forget a webhook.
// TestWebhookIsKept has one of these on a real Terraform.
func TestNoAnswerForgetsAWebhook(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.made()
	for _, tt := range []struct {
		fault emulator.Fault
		says  []string
	}{
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", ""),
			[]string{"set integrator_secret (INTEGRATOR_SECRET) to the live one", "Terraform shows the state of integrator_api_secret to no other type", "depends_on"},
		},
		{emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""), []string{"403 Forbidden"}},
		{emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", ""), []string{"404 Not Found"}},
		{emulator.TooManyRequests("61"), []string{"The API asks to wait 1m1s"}},
		{emulator.Fault{Status: 500, Times: 5}, []string{"500 Internal Server Error"}},
		{emulator.Fault{Body: "null"}, []string{"not the list of webhooks that the API documents"}},
	} {
		s.Inject(tt.fault.On(http.MethodGet, emulator.WebhooksPath))
		_, ok := s.plan()
		s.expectError(ok, append([]string{"The webhook was not read"}, tt.says...)...)
	}
	s.expectSettled()
}

// The reply to a creation is lost. The provider finds the webhook that was made, and
// does not take one that was there before. TestLostWebhookIsTaken has one of these on
// a real Terraform.
func TestEveryLostWebhookIsTaken(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"cut":         {Drop: true},
		"bad gateway": emulator.HTML(http.StatusBadGateway),
		"not JSON":    {Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.AddWebhook(hookURL, "*")
			s.Inject(onWebhooks(http.MethodPost, fault.After()))
			b := s.add("webhook", args{"url": hookURL, "events": []string{"payment.created"}})
			s.mustApply()
			s.expectSettled()
			if all := s.Webhooks(); len(all) != 2 || all[1].ID != b.object.Value.Text("id") {
				t.Error("not the second of two")
			}
			if stored := b.object.Value["events"]; !stored.Equal(s.schemas.Resources[b.typeName].Object(b.config)["events"]) {
				t.Error("not the events of the configuration")
			}
			s.expectWebhooksAskedFor(1)
		})
	}
}

// Where it is not clear which webhook was made, the error says what there is and
// what to do, and nothing is sent again. TestLostWebhookIsReported has one of these on
// a real Terraform.
func TestEveryLostWebhookIsReported(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault     emulator.Fault
		meanwhile func(*session) // what happens while the request is under way
		says      []string
		ids       int // of webhooks that are named
	}{
		"none": {
			emulator.Fault{Drop: true},
			func(*session) {},
			[]string{"no new one with this URL", "If it is not, apply again"},
			0,
		},
		"two": {
			emulator.Fault{Drop: true}.After(),
			func(s *session) { s.AddWebhook(hookURL, "payment.created") },
			[]string{"has, with this URL:", "terraform import <address> <id>"},
			2,
		},
		"no list": {
			emulator.HTML(http.StatusInternalServerError).After(),
			func(s *session) { s.Inject(onWebhooks(http.MethodGet, emulator.HTML(http.StatusForbidden))) },
			[]string{"500 Internal Server Error to POST", "could not be found out", "403 Forbidden to GET", "data.integrator_webhooks"},
			0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			reached, hold := make(chan struct{}), make(chan struct{})
			fault := onWebhooks(http.MethodPost, tt.fault)
			fault.Reached, fault.Hold = reached, hold
			s.Inject(fault)
			go func() {
				<-reached
				tt.meanwhile(s)
				close(hold)
			}()
			s.webhook()
			s.expectError(s.apply(), append([]string{"The webhook may have been created", "The request was sent, and not again"}, tt.says...)...)
			if ids := regexp.MustCompile(`(?m)^  [0-9a-f]{24}$`).FindAllString(fmt.Sprint(s.told), -1); len(ids) != tt.ids {
				t.Errorf("%d webhooks are named, not %d", len(ids), tt.ids)
			}
			s.expectWebhooksAskedFor(1)
		})
	}
}
