// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestLog checks that only the allowed fields are logged.
func TestLog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		trouble trouble
		message string
		status  any // nil: there is no answer
	}{
		{"answered", api(emulator.Fault{}), "the API answered", 200},
		{"refused", api(emulator.HTML(403)), "the API answered", 403},
		{"redirected", api(emulator.Redirect("/?secret")), "the API answered", 307},
		{"cut", api(emulator.Fault{Drop: true}), "sent, but no complete answer came", nil},
		{"reply cut short", api(emulator.Fault{Truncate: true}), "sent, but no complete answer came", nil},
		{"not sent", refused(), "not sent", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.ticking()
			f.config.MaxRetries = 0
			tt.trouble(t, f, forever)
			c := f.client()
			_, _ = c.Profile(t.Context())
			_, _ = c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			for i, want := range []map[string]any{
				{"method": "GET", "path": emulator.ProfilePath},
				{"method": "POST", "path": emulator.RegeneratePath},
			} {
				if i >= len(f.logged) {
					t.Fatalf("%d records", len(f.logged))
				}
				want["message"], want["attempt"], want["duration_ms"] = tt.message, 1, int64(1000)
				wantLogged(t, f.logged[i], want, tt.status)
			}
		})
	}
}

// wantLogged checks the fields of a record. With a status there is a request ID.
func wantLogged(t *testing.T, got, want map[string]any, status any) {
	t.Helper()
	if status != nil {
		want["status"], want["request_id"] = status, got["request_id"]
		if id, _ := got["request_id"].(string); len(id) != 36 {
			t.Errorf("request id %v", got["request_id"])
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("logged %v, not %v", got, want)
	}
}

func TestAttemptsAreNumbered(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.RetryWait = 1
	f.Inject(emulator.TooManyRequests(""), emulator.Fault{Drop: true}, emulator.HTML(500), emulator.Fault{Drop: true})
	c := f.client()
	if _, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{}); err == nil {
		t.Error("sent more than once after an ambiguous attempt")
	}
	if _, err := c.Profile(t.Context()); err != nil {
		t.Error(err)
	}
	var attempts []any
	for _, record := range f.logged {
		attempts = append(attempts, record["attempt"])
	}
	if want := []any{1, 2, 3, 1, 2}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, not %v", attempts, want)
	}
}
