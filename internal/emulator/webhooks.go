// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
)

// WebhooksPath is the path to list webhooks, with GET, and to make one, with POST.
// The path of one webhook, for PATCH and DELETE, is this path, a slash and its id.
const WebhooksPath = "/v1/integrator/webhooks"

// Webhook is a webhook, as the API shows it.
type Webhook struct {
	ID           string   `json:"id"`
	Events       []string `json:"events"`
	URL          string   `json:"url"`
	FailureCount int      `json:"failureCount"`
	Disabled     bool     `json:"disabled"`
}

// Webhooks returns the webhooks in order of creation.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	webhooks := slices.Clone(s.webhooks)
	for i := range webhooks {
		webhooks[i].Events = slices.Clone(webhooks[i].Events)
	}
	return webhooks
}

// AddWebhook makes a webhook, as if somebody did so elsewhere. It adds no [Request]
// to the record, and neither do ChangeWebhook and RemoveWebhook.
func (s *Server) AddWebhook(url string, events ...string) Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addWebhook(url, append([]string{}, events...))
}

// ChangeWebhook changes a webhook if it exists.
func (s *Server) ChangeWebhook(id string, change func(*Webhook)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.findWebhook(id); i >= 0 {
		change(&s.webhooks[i])
	}
}

// RemoveWebhook removes a webhook if it exists.
func (s *Server) RemoveWebhook(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks = slices.DeleteFunc(s.webhooks, func(x Webhook) bool { return x.ID == id })
}

// The server must be locked for what follows.

func (s *Server) addWebhook(url string, events []string) Webhook {
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails
	webhook := Webhook{ID: hex.EncodeToString(id[:]), URL: url, Events: events}
	s.webhooks = append(s.webhooks, webhook)
	return webhook
}

func (s *Server) findWebhook(id string) int {
	return slices.IndexFunc(s.webhooks, func(x Webhook) bool { return x.ID == id })
}

func (s *Server) listWebhooks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, append([]Webhook{}, s.webhooks...))
}

func (s *Server) createWebhook(w http.ResponseWriter, r *http.Request) {
	members, invalid := membersOf(r.Body)
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	target, _ := members["url"].(string)
	if u, err := url.Parse(target); err != nil || !u.IsAbs() {
		invalidFields(w, fieldError{Field: "url", Message: "must be a URI", Code: "invalid-format"})
		return
	}
	events := []string{}
	if member, present := members["events"]; present {
		events, invalid = eventsOf(member)
	}
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	writeJSON(w, s.addWebhook(target, events))
}

func (s *Server) updateWebhook(w http.ResponseWriter, r *http.Request) {
	i := s.findWebhook(r.PathValue("id"))
	if i < 0 {
		notFound(w, "webhook", r.PathValue("id"))
		return
	}
	members, invalid := membersOf(r.Body)
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	events, invalid := eventsOf(members["events"])
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	s.webhooks[i].Events = events
	writeJSON(w, s.webhooks[i])
}

func (s *Server) deleteWebhook(w http.ResponseWriter, r *http.Request) {
	i := s.findWebhook(r.PathValue("id"))
	if i < 0 {
		notFound(w, "webhook", r.PathValue("id"))
		return
	}
	s.webhooks = slices.Delete(s.webhooks, i, i+1)
	writeJSON(w, map[string]any{"id": r.PathValue("id"), "deleted": true})
}

// eventsOf reads the events in a request.
func eventsOf(member any) ([]string, *fieldError) {
	const field = "events"

	list, ok := member.([]any)
	if !ok {
		return nil, &fieldError{Field: field, Message: "must be an array", Code: "invalid-type"}
	}
	events := []string{}
	for _, entry := range list {
		event, _ := entry.(string)
		if !knownEvent(event) {
			return nil, &fieldError{Field: field, Message: "must be events that there are", Code: "invalid-value"}
		}
		events = append(events, event)
	}
	return events, nil
}

func knownEvent(event string) bool {
	switch event {
	case "account.created", "account.updated", "account.deleted",
		"payment.created", "payment.updated", "payment.completed", "payment.refunded",
		"verification.status.updated", "capabilities.updated",
		"onramp.created", "onramp.updated", "onramp.completed",
		"achDebitReturn.created", "achDebitReturn.updated",
		"achDebit.authorized", "achDebit.deliveryProgress", "achDebit.delivered", "achDebit.refunded", "achDebit.returned",
		"offramp.confirmed", "offramp.inFlight", "offramp.completed", "offramp.failed", "offramp.refunded", "offramp.reversed",
		"onrampCredit.depositDetected", "onrampCredit.completed", "onrampCredit.failed", "onrampCredit.reversed", "onrampCredit.refunded",
		"*":
		return true
	}
	return false
}
