// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"errors"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Without a secret, nothing is sent. Once one is there, all calls are signed with it.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.Secret = apisecret.New("")
	c := f.client()
	regenerate := func(signers ...apisecret.Secret) error {
		_, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{Signers: signers})
		return err
	}
	calls := map[string]func(context.Context, *client.Client) error{
		"regenerate secret":                    func(context.Context, *client.Client) error { return regenerate() },
		"regenerate secret, signers all empty": func(context.Context, *client.Client) error { return regenerate(apisecret.Secret{}, apisecret.New("")) },
		"probe":                                func(ctx context.Context, c *client.Client) error { return c.Probe(ctx, apisecret.Secret{}) },
		"profile":                              func(ctx context.Context, c *client.Client) error { _, err := c.Profile(ctx); return err },
		"webhooks":                             func(ctx context.Context, c *client.Client) error { _, err := c.Webhooks(ctx); return err },
		"create webhook": func(ctx context.Context, c *client.Client) error {
			_, err := c.CreateWebhook(ctx, "https://example.com/b", []string{"payment.created"})
			return err
		},
	}
	for _, w := range f.writes() {
		calls[w.name] = w.do
	}
	for name, call := range calls {
		if err := call(t.Context(), c); !errors.Is(err, client.ErrNoSecret) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if sent := len(f.Requests()); sent > 0 || len(f.waits) > 0 {
		t.Errorf("%d requests were sent, after the waits %v", sent, f.waits)
	}

	c.Use(apisecret.New(f.Secret()))
	if _, err := c.Profile(t.Context()); err != nil {
		t.Errorf("with a secret: %v", err)
	}
	if _, err := c.Webhooks(t.Context()); err != nil {
		t.Errorf("with a secret: %v", err)
	}
	if err := regenerate(apisecret.Secret{}, apisecret.New(f.Secret())); err != nil {
		t.Errorf("with an empty signer before: %v", err)
	}
}
