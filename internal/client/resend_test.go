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

// The status of a reply that is cut short has arrived: below 500 it says that
// nothing was done, whatever the rest would have said.
func TestRefusalCutShort(t *testing.T) {
	t.Parallel()
	for status, means := range map[int]apisecret.Outcome{
		401: apisecret.SecretRefused, 403: apisecret.Refused, 400: apisecret.Refused,
	} {
		s := newStage(t, emulator.Options{})
		s.Inject(emulator.Fault{Status: status, Body: strings.Repeat(" ", 1000), Truncate: true, Times: forever})
		_, err := s.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
		wantFailure(t, err, means, apisecret.Unchanged, 0, time.Time{})
		s.wantSent(t, 0, 1)
	}
}

// Once an attempt may have succeeded, every further one waits for 3 s, and is
// not sent when the grace period is over.
func TestEveryResendIsInGracePeriod(t *testing.T) {
	t.Parallel()
	again := emulator.Problem(503, emulator.ProblemServiceUnavailable, "", "", map[string]any{"retryable": true})
	for _, tt := range []struct {
		name   string
		grace  time.Duration
		faults []emulator.Fault
		waits  []time.Duration
	}{
		{"503, retryable: waits", time.Hour, []emulator.Fault{again}, []time.Duration{3 * time.Second}},
		{"503, retryable: in time", 3 * time.Second, []emulator.Fault{again}, nil},
		{"ambiguous, then 429", 10 * time.Second, []emulator.Fault{{Drop: true}, emulator.TooManyRequests("30")}, []time.Duration{3 * time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, emulator.Options{})
			s.Inject(tt.faults...)
			_, _ = s.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: tt.grace})
			if !slices.Equal(s.waits, tt.waits) {
				t.Errorf("waited %v, not %v", s.waits, tt.waits)
			}
		})
	}
}

// The one resend rescues a secret that may be lost, so retries that came before
// it do not use it up. It counts for those that come after it.
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
			s := newStage(t, emulator.Options{})
			s.config.MaxRetries = 1
			s.Inject(tt.faults...)
			_, _ = s.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			s.wantSent(t, 0, tt.posts)
		})
	}
}
