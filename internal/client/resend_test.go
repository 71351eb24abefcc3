// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The status of a reply that is cut short has arrived. If it is below 500, nothing
// was done, whatever the rest would have said.
func TestRefusalCutShort(t *testing.T) {
	t.Parallel()
	for status, means := range map[int]apisecret.Outcome{
		401: apisecret.SecretRefused, 403: apisecret.Refused, 400: apisecret.Refused,
	} {
		f := newFixture(t, emulator.Options{})
		f.Inject(emulator.Fault{Status: status, Body: strings.Repeat(" ", 1000), Truncate: true, Times: forever})
		_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
		wantFailure(t, err, means, apisecret.Unchanged, 0, time.Time{})
		f.wantSent(t, 0, 1)
	}
}

// Once an attempt may have succeeded, each further one waits for 3 s at least, and
// is not sent when the grace period is over.
func TestEveryResendIsInGracePeriod(t *testing.T) {
	t.Parallel()
	unavailable := emulator.Problem(503, emulator.ProblemServiceUnavailable, "", "", map[string]any{"retryable": true})
	for _, tt := range []struct {
		name   string
		grace  time.Duration
		faults []emulator.Fault
		waits  []time.Duration
	}{
		{"503, retryable: waits", time.Hour, []emulator.Fault{unavailable}, []time.Duration{3 * time.Second}},
		{"503, retryable: in time", 3 * time.Second, []emulator.Fault{unavailable}, nil},
		{"ambiguous, then 429", 10 * time.Second, []emulator.Fault{{Drop: true}, emulator.TooManyRequests("30")}, []time.Duration{3 * time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(tt.faults...)
			_, _ = f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: tt.grace})
			if !slices.Equal(f.waits, tt.waits) {
				t.Errorf("waited %v, not %v", f.waits, tt.waits)
			}
		})
	}
}

// The one resend replaces a secret that may be lost, so the retries before it do
// not use it up. It counts as a retry for those after it.
func TestResendIsNotUsedUp(t *testing.T) {
	t.Parallel()
	limited, lost := emulator.TooManyRequests(""), emulator.Fault{Drop: true}
	for _, tt := range []struct {
		name   string
		faults []emulator.Fault
		posts  int
	}{
		{"a retry before it", []emulator.Fault{limited, lost}, 3},
		{"a retry after it", []emulator.Fault{lost, limited}, 2},
		{"a second one", []emulator.Fault{lost, lost}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 1
			f.Inject(tt.faults...)
			_, _ = f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			f.wantSent(t, 0, tt.posts)
		})
	}
}
