// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A query finds the webhooks that Terraform made and those that it did not. What it
// finds is what an import by the found identity brings into the state.
func TestWebhooksAreListed(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	own := s.made()
	s.AddWebhook("https://example.com/by-hand", "payment.created")
	s.ChangeWebhook(s.AddWebhook("https://example.com/none").ID, func(w *emulator.Webhook) { w.FailureCount, w.Disabled = 12, true })

	before := s.Count(http.MethodGet, emulator.WebhooksPath)
	found, ok := s.queryWebhooks()
	s.expectNoComplaint()
	if asked := s.Count(http.MethodGet, emulator.WebhooksPath) - before; !ok || asked != 1 {
		t.Fatalf("listed: %t, with %d requests: %v", ok, asked, s.told)
	}
	var names []string
	for _, x := range found {
		names = append(names, x.Name)
		p, _ := s.start(false)
		r := p.Resource("integrator_webhook")
		imported, ok := r.ImportIdentity(x.Identity)
		if !ok {
			t.Fatalf("%s was not imported: %v", x.Name, s.told)
		}
		read, ok := r.Read(imported)
		if !ok || !read.Value.Equal(x.Value) {
			t.Errorf("%s is listed as %v, and imported as %v", x.Name, x.Value, read.Value)
		}
	}
	if want := []string{hookURL, "https://example.com/by-hand", "https://example.com/none"}; !slices.Equal(names, want) {
		t.Fatalf("listed are %q, not %q", names, want)
	}
	s.SetSkew(-10 * time.Minute)
	if found, ok := s.queryWebhooks(); !ok || len(found) != len(names) {
		t.Errorf("listed: %t, %d of %d", ok, len(found), len(names))
	}
	s.expectTold("This machine's clock is wrong", 1)
	if !found[0].Value.Equal(own.object.Value) {
		t.Error("the webhook in the state is listed otherwise")
	}
}

func TestNoWebhooksAreListed(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	if found, ok := s.queryWebhooks(); !ok || len(found) != 0 || len(s.told) != 0 {
		t.Errorf("listed: %t, %v, %v", ok, found, s.told)
	}
	s.Inject(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "").On(http.MethodGet, emulator.WebhooksPath))
	_, ok := s.queryWebhooks()
	s.expectError(ok, "The webhooks were not read", "403 Forbidden")
	s.unknown = []string{"endpoint"}
	_, ok = s.queryWebhooks()
	s.expectError(ok, "The provider is not configured yet", "endpoint is known only after apply")
}
