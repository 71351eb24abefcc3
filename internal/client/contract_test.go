// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// contract is what the platform publishes about the shapes of its endpoints. The
// shape of a member is described in words, such as "number 1..3600, optional".
type contract struct {
	Events    []string
	Problem   map[string]json.RawMessage
	Endpoints []endpoint
}

type endpoint struct {
	Method, Path, Body, Note string

	Request  map[string]string
	Response json.RawMessage
}

func readContract(t *testing.T) (c contract) {
	t.Helper()
	content, err := os.ReadFile("testdata/contract.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &c); err != nil || len(c.Endpoints) == 0 {
		t.Fatalf("%d endpoints, %v", len(c.Endpoints), err)
	}
	return c
}

// covered are the client's calls. Each returns what it has taken out of the reply.
func covered() map[string]func(ctx context.Context, c *client.Client, webhook string) (any, error) {
	return map[string]func(context.Context, *client.Client, string) (any, error){
		"POST /v1/integrator/regenerate-secret": func(ctx context.Context, c *client.Client, _ string) (any, error) {
			made, err := c.RegenerateSecret(ctx, apisecret.RegenerateInput{GracePeriod: time.Minute})
			if err != nil {
				return nil, err
			}
			return fmt.Sprint(made.Secret.Reveal(), made.OldSecretExpiresAt), nil
		},
		"GET /v1/integrator/": func(ctx context.Context, c *client.Client, _ string) (any, error) { return c.Profile(ctx) },
		"POST /v1/integrator/tokens": func(ctx context.Context, c *client.Client, _ string) (any, error) {
			token, err := c.CreateAccessToken(ctx, client.AccessTokenInput{UserAPIKey: apisecret.New(userKey), Lifetime: time.Minute})
			if err != nil {
				return nil, err
			}
			return []string{token.Token.Reveal(), token.UserID, token.TokenType, token.ExpiresAt}, nil
		},
		"POST /v1/integrator/webhook-secret": func(ctx context.Context, c *client.Client, _ string) (any, error) {
			return nil, c.SetWebhookSecret(ctx, apisecret.New("whsec_1"))
		},
		"GET /v1/integrator/webhooks": func(ctx context.Context, c *client.Client, _ string) (any, error) { return c.Webhooks(ctx) },
		"POST /v1/integrator/webhooks": func(ctx context.Context, c *client.Client, _ string) (any, error) {
			return c.CreateWebhook(ctx, hookURL, []string{"*"})
		},
		"PATCH /v1/integrator/webhooks/{webhookId}": func(ctx context.Context, c *client.Client, webhook string) (any, error) {
			return c.UpdateWebhook(ctx, webhook, []string{"*"})
		},
		"DELETE /v1/integrator/webhooks/{webhookId}": func(ctx context.Context, c *client.Client, webhook string) (any, error) {
			return nil, c.DeleteWebhook(ctx, webhook)
		},
	}
}

// notRead are members of replies that the client has no use for: it knows them from
// the request, or from another member.
func notRead() map[string][]string {
	return map[string][]string{
		"POST /v1/integrator/tokens":                 {"expiresIn"},
		"DELETE /v1/integrator/webhooks/{webhookId}": {"id", "deleted"},
	}
}

// TestContract holds the client and the emulator to each member of the endpoints
// that the provider covers.
func TestContract(t *testing.T) {
	t.Parallel()
	c, calls := readContract(t), covered()
	if !slices.Equal(c.Events, client.WebhookEvents()) {
		t.Errorf("the client knows the events %v, not %v", client.WebhookEvents(), c.Events)
	}
	for _, e := range c.Endpoints {
		name := e.Method + " " + e.Path
		call, found := calls[name]
		if found == strings.Contains(e.Note, "not covered") {
			t.Errorf("%s: the client has a call for it: %t", name, found)
		}
		if !found {
			continue
		}
		delete(calls, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := walk{t, e, c.Events, call}
			body := w.requests()
			reply := w.replies(body)
			w.reads(reply, notRead()[name])
			w.validates(body)
		})
	}
	for name := range calls {
		t.Errorf("%s is not in the contract", name)
	}
}

// The documented example of a 401 is what the emulator answers where each request
// needs a bearer token, and the client reads all of it.
func TestContractOfUnauthorized(t *testing.T) {
	t.Parallel()
	var unauthorized struct{ Example map[string]any }
	if err := json.Unmarshal(readContract(t).Problem["401"], &unauthorized); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, emulator.Options{BearerRequired: true})
	_, err := f.client().Profile(t.Context())
	var answer *client.Error
	if !errors.As(err, &answer) {
		t.Fatalf("error %v", err)
	}
	got := map[string]any{
		"type": "urn:problem-type:" + answer.Type, "title": answer.Title, "status": float64(answer.Status),
		"detail": answer.Detail, "realm": answer.Realm, "scope": answer.Scope,
	}
	if !maps.Equal(got, unauthorized.Example) {
		t.Errorf("%v, not %v", got, unauthorized.Example)
	}
}
