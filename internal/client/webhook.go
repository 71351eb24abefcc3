// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

const (
	webhooksPath      = "/v1/integrator/webhooks"
	webhookSecretPath = "/v1/integrator/webhook-secret"
)

// AllEvents stands for every event.
const AllEvents = "*"

// WebhookEvents lists the events that a webhook can receive, without AllEvents, as of
// version 0.18.1 of the platform's own client. It gets longer with time.
func WebhookEvents() []string {
	return []string{
		"account.created", "account.updated", "account.deleted",
		"payment.created", "payment.updated", "payment.completed", "payment.refunded",
		"verification.status.updated",
		"capabilities.updated",
		"onramp.created", "onramp.updated", "onramp.completed",
		"achDebitReturn.created", "achDebitReturn.updated",
		"achDebit.authorized", "achDebit.deliveryProgress", "achDebit.delivered", "achDebit.refunded", "achDebit.returned",
		"offramp.confirmed", "offramp.inFlight", "offramp.completed", "offramp.failed", "offramp.refunded", "offramp.reversed",
		"onrampCredit.depositDetected", "onrampCredit.completed", "onrampCredit.failed", "onrampCredit.reversed", "onrampCredit.refunded",
	}
}

// CheckWebhookURL checks that a URL is absolute, uses https and is encoded as it
// is sent. Its errors do not repeat the value, which may contain a token.
func CheckWebhookURL(webhookURL string) error {
	u, err := url.Parse(webhookURL)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return errors.New("must be an absolute https URL such as https://example.com/webhooks")
	case u.String() != webhookURL:
		return errors.New("must be written as it goes over the wire: https in lower case, and percent-encoded where a URL needs it")
	}
	return nil
}

// Webhook is a URL to which the platform sends events. Each of them is there once,
// also if a reply repeats it. FailureCount is how many deliveries in a row have
// failed. Only the platform changes it and Disabled.
type Webhook struct {
	ID           string   `json:"id"`
	URL          string   `json:"url"`
	Events       []string `json:"events"`
	FailureCount int64    `json:"failureCount"`
	Disabled     bool     `json:"disabled"`
}

// UnmarshalJSON refuses a webhook that cannot be told from another one.
func (w *Webhook) UnmarshalJSON(data []byte) error {
	type members Webhook
	var decoded members
	if err := json.Unmarshal(data, &decoded); err != nil {
		return err
	}
	if decoded.ID == "" || decoded.URL == "" {
		return errors.New("a webhook without id or URL")
	}
	events := []string{}
	for _, event := range decoded.Events {
		if !slices.Contains(events, event) {
			events = append(events, event)
		}
	}
	decoded.Events = events
	*w = Webhook(decoded)
	return nil
}

// LostWebhookError says that a webhook may have been made, and that it is not
// known which one it is.
type LostWebhookError struct {
	Err     error     // what became of the request
	Found   []Webhook // those with its URL that were not there before
	ListErr error     // why Found is not known
}

func (e *LostWebhookError) Error() string { return "the webhook may have been made: " + e.Err.Error() }

func (e *LostWebhookError) Unwrap() error { return e.Err }

// Webhooks lists the integrator's webhooks (GET /v1/integrator/webhooks). The list
// was requested after the last write to a webhook had ended, but not necessarily by
// this call. Like Profile, it waits while a secret is being regenerated.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) { return c.webhooks.get(ctx) }

func (c *Client) listWebhooks(ctx context.Context) ([]Webhook, error) {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	var webhooks []Webhook
	err := c.read(ctx, query{c.limits(), webhooksPath, c.newest, func(got reply) error {
		if json.Unmarshal(got.text, &webhooks) != nil || webhooks == nil {
			return got.unlike(list, "list of webhooks")
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	return webhooks, nil
}

// CreateWebhook makes a webhook (POST /v1/integrator/webhooks). It has to know
// which webhooks there are before, and lists them again if the reply is lost. If
// there is exactly one new webhook with this URL, it is the one that was made.
// Otherwise the error is a *LostWebhookError. The request is not sent again: it
// could make a second webhook.
func (c *Client) CreateWebhook(ctx context.Context, webhookURL string, events []string) (*Webhook, error) {
	// One call at a time: a new webhook in the list must not be that of another call.
	c.creatingWebhook.Lock()
	defer c.creatingWebhook.Unlock()

	before, err := c.webhooks.ids(ctx)
	if err != nil {
		return nil, err
	}
	webhook, err := c.writeWebhook(ctx, call{
		method: http.MethodPost, path: webhooksPath, body: encode(map[string]any{"url": webhookURL, "events": events}),
	})
	switch {
	case err == nil:
		c.webhooks.learn(webhook.ID)
		return webhook, nil
	case judge(err).Effect() == apisecret.Unchanged:
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	found, err := c.findWebhook(ctx, webhookURL, before, err)
	if err != nil || sameEvents(found.Events, events) {
		return found, err
	}
	updated, err := c.UpdateWebhook(ctx, found.ID, events)
	if err != nil {
		return nil, &LostWebhookError{Err: err, Found: []Webhook{*found}}
	}
	return updated, nil
}

// findWebhook looks for the webhook whose reply was lost.
func (c *Client) findWebhook(ctx context.Context, webhookURL string, before map[string]bool, lost error) (*Webhook, error) {
	_ = c.config.Sleep(ctx, minResendWait) // the API may still be at work on the request
	c.webhooks.forget()
	now, err := c.Webhooks(ctx)
	if err != nil {
		return nil, &LostWebhookError{Err: lost, ListErr: err}
	}
	found := slices.DeleteFunc(now, func(w Webhook) bool { return before[w.ID] || w.URL != webhookURL })
	if len(found) != 1 {
		c.webhooks.forget() // it may still be made
		return nil, &LostWebhookError{Err: lost, Found: found}
	}
	return &found[0], nil
}

// UpdateWebhook sets a webhook's events (PATCH /v1/integrator/webhooks/{id}).
func (c *Client) UpdateWebhook(ctx context.Context, id string, events []string) (*Webhook, error) {
	return c.writeWebhook(ctx, call{
		method: http.MethodPatch, path: webhookPath(id), body: encode(map[string]any{"events": events}), idempotent: true,
	})
}

// DeleteWebhook removes a webhook (DELETE /v1/integrator/webhooks/{id}). It is no
// error if the API says that there is none with this id.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	defer c.webhooks.written()
	got, err := c.write(ctx, call{method: http.MethodDelete, path: webhookPath(id), idempotent: true})
	if problem, ok := errors.AsType[*Error](err); ok && problem.Status == http.StatusNotFound && problem.Document {
		return nil
	}
	if err == nil && !got.is(object) {
		return got.unlike(object, "confirmation")
	}
	return err
}

// SetWebhookSecret sets the secret that signs webhook payloads (POST
// /v1/integrator/webhook-secret). It cannot be read back or removed.
func (c *Client) SetWebhookSecret(ctx context.Context, secret apisecret.Secret) error {
	got, err := c.write(ctx, call{
		method: http.MethodPost, path: webhookSecretPath, body: encode(map[string]any{"secret": secret.Reveal()}),
		idempotent: true, secrets: []apisecret.Secret{secret},
	})
	if err != nil {
		return err
	}
	var confirmed struct{ SecretConfigured bool }
	if json.Unmarshal(got.text, &confirmed) != nil || !confirmed.SecretConfigured {
		return got.unlike(object, "confirmation")
	}
	return nil
}

func webhookPath(id string) string { return webhooksPath + "/" + url.PathEscape(id) }

func (c *Client) writeWebhook(ctx context.Context, call call) (*Webhook, error) {
	defer c.webhooks.written()
	got, err := c.write(ctx, call)
	if err != nil {
		return nil, err
	}
	webhook := &Webhook{}
	if json.Unmarshal(got.text, webhook) != nil {
		return nil, got.unlike(object, "webhook")
	}
	return webhook, nil
}

// sameEvents reports whether two lists hold the same events in any order.
func sameEvents(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
