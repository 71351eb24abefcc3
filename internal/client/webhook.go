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

// AllEvents stands for every event; nothing else is beside it.
const AllEvents = "*"

// WebhookEvents lists what a webhook can be sent, AllEvents aside.
func WebhookEvents() []string {
	return []string{
		"account.created", "account.updated", "account.deleted",
		"payment.created", "payment.updated", "payment.completed", "payment.refunded",
		"verification.status.updated",
		"capabilities.updated",
		"onramp.created", "onramp.updated", "onramp.completed",
		"achDebitReturn.created", "achDebitReturn.updated",
	}
}

// CheckWebhookURL accepts an absolute https URL as it goes over the wire. Its
// errors do not repeat the value, which may hold a token.
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

// Webhook is a URL to which the platform sends events. FailureCount and Disabled
// are the platform's to change.
type Webhook struct {
	ID           string   `json:"id"`
	URL          string   `json:"url"`
	Events       []string `json:"events"`
	FailureCount int64    `json:"failureCount"`
	Disabled     bool     `json:"disabled"`
}

// UnmarshalJSON refuses a webhook that cannot be told from others.
func (w *Webhook) UnmarshalJSON(data []byte) error {
	type members Webhook
	var decoded members
	if err := json.Unmarshal(data, &decoded); err != nil {
		return err
	}
	if decoded.ID == "" || decoded.URL == "" {
		return errors.New("a webhook without id or URL")
	}
	if decoded.Events == nil {
		decoded.Events = []string{}
	}
	*w = Webhook(decoded)
	return nil
}

// LostWebhookError says that a webhook may have been made, but not which.
type LostWebhookError struct {
	Err     error     // what became of the request
	Found   []Webhook // those with its URL that were not there before
	ListErr error     // why Found is not known
}

func (e *LostWebhookError) Error() string { return "the webhook may have been made: " + e.Err.Error() }

func (e *LostWebhookError) Unwrap() error { return e.Err }

// Webhooks lists the integrator's webhooks (GET /v1/integrator/webhooks). It
// waits and is signed as Profile is.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	var body json.RawMessage
	if err := c.read(ctx, c.limits(), webhooksPath, c.newest, &body); err != nil {
		return nil, err
	}
	var webhooks []Webhook
	if json.Unmarshal(body, &webhooks) != nil || webhooks == nil {
		return nil, unreadable("list of webhooks")
	}
	return webhooks, nil
}

// CreateWebhook makes a webhook (POST /v1/integrator/webhooks). It lists the
// webhooks before, and again if the reply is lost: one new webhook with this URL
// is the one that was made. Otherwise the error is a *LostWebhookError, and the
// request is not sent again, for it would make another webhook.
func (c *Client) CreateWebhook(ctx context.Context, webhookURL string, events []string) (*Webhook, error) {
	// One at a time, so that what is new is not another call's.
	c.creatingWebhook.Lock()
	defer c.creatingWebhook.Unlock()

	before, err := c.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	webhook, err := c.writeWebhook(ctx, call{method: http.MethodPost, path: webhooksPath}, map[string]any{"url": webhookURL, "events": events})
	if err == nil || judge(err).Effect() == apisecret.Unchanged {
		return webhook, err
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

// findWebhook looks for the webhook that a lost reply was about.
func (c *Client) findWebhook(ctx context.Context, webhookURL string, before []Webhook, lost error) (*Webhook, error) {
	_ = c.config.Sleep(ctx, minResendWait) // the API may still be at work on the request
	now, err := c.Webhooks(ctx)
	if err != nil {
		return nil, &LostWebhookError{Err: lost, ListErr: err}
	}
	found := slices.DeleteFunc(now, func(w Webhook) bool {
		known := slices.ContainsFunc(before, func(b Webhook) bool { return b.ID == w.ID })
		return known || w.URL != webhookURL
	})
	if len(found) != 1 {
		return nil, &LostWebhookError{Err: lost, Found: found}
	}
	return &found[0], nil
}

// UpdateWebhook sets a webhook's events (PATCH /v1/integrator/webhooks/{id}).
func (c *Client) UpdateWebhook(ctx context.Context, id string, events []string) (*Webhook, error) {
	return c.writeWebhook(ctx, call{method: http.MethodPatch, path: webhookPath(id), idempotent: true}, map[string]any{"events": events})
}

// DeleteWebhook removes a webhook (DELETE /v1/integrator/webhooks/{id}); one that
// is not there is removed.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	_, err := c.write(ctx, call{method: http.MethodDelete, path: webhookPath(id), idempotent: true})
	var problem *Error
	if errors.As(err, &problem) && problem.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// SetWebhookSecret sets the secret that signs webhook payloads (POST
// /v1/integrator/webhook-secret). It cannot be read back or removed.
func (c *Client) SetWebhookSecret(ctx context.Context, secret apisecret.Secret) error {
	body, err := json.Marshal(map[string]string{"secret": secret.Reveal()})
	if err != nil {
		return err
	}
	reply, err := c.write(ctx, call{
		method: http.MethodPost, path: webhookSecretPath, body: body,
		idempotent: true, secrets: []apisecret.Secret{secret},
	})
	if err != nil {
		return err
	}
	var confirmed struct{ SecretConfigured bool }
	if json.Unmarshal(reply, &confirmed) != nil || !confirmed.SecretConfigured {
		return unreadable("confirmation")
	}
	return nil
}

func webhookPath(id string) string { return webhooksPath + "/" + url.PathEscape(id) }

func (c *Client) writeWebhook(ctx context.Context, call call, members map[string]any) (*Webhook, error) {
	var err error
	if call.body, err = json.Marshal(members); err != nil {
		return nil, err
	}
	body, err := c.write(ctx, call)
	if err != nil {
		return nil, err
	}
	webhook := &Webhook{}
	if json.Unmarshal(body, webhook) != nil {
		return nil, unreadable("webhook")
	}
	return webhook, nil
}

// sameEvents compares without regard to order.
func sameEvents(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
