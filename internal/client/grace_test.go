// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A grace period that the API cut short is noticed on its own clock, whatever the
// local one says and however slow the answer is. Ordinary differences are not.
func TestGracePeriodThatIsCut(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	noDate := http.Header{"Date": nil}
	for _, tt := range []struct {
		name           string
		asked, granted time.Duration
		skew           time.Duration // of the server's clock
		slow           time.Duration // from the rotation to the answer
		header         http.Header
		cut            bool
	}{
		{"no grace period", 0, 0, 0, 0, nil, false},
		{"none of an hour", time.Hour, 0, 0, 0, nil, true},
		{"none of a second", time.Second, 0, 0, 0, nil, true},
		{"none, no date", time.Hour, 0, 0, 0, noDate, true},
		{"all of an hour", time.Hour, time.Hour, 0, 0, nil, false},
		{"most of an hour", time.Hour, 55 * minute, 0, 0, nil, false},
		{"half of an hour", time.Hour, 30 * minute, 0, 0, nil, true},
		{"five of six minutes", 6 * minute, 5 * minute, 0, 0, nil, true},
		{"all of a minute", minute, minute, 0, 0, nil, false},
		{"a third of a minute", minute, 20 * time.Second, 0, 0, nil, true},
		{"a third of ten seconds", 10 * time.Second, 3 * time.Second, 0, 0, nil, true},
		{"all of two seconds", 2 * time.Second, 2 * time.Second, 0, 0, nil, false},

		{"all, the server is behind", 5 * minute, 5 * minute, -4 * minute, 0, nil, false},
		{"all, the server is ahead", 5 * minute, 5 * minute, 4 * minute, 0, nil, false},
		{"part, the server is ahead", 5 * minute, 4 * minute, 4 * minute, 0, nil, true},
		{"all, the server is far behind", 5 * minute, 5 * minute, -time.Hour, 0, nil, false},
		{"part, the server is far ahead", 5 * minute, 4 * minute, time.Hour, 0, nil, true},
		{"all, a slow answer", minute, minute, 0, 2 * minute, nil, false},
		{"part, a slow answer", 10 * minute, 8 * minute, 0, 2 * minute, nil, true},

		{"all, behind, no date", 5 * minute, 5 * minute, -4 * minute, 0, noDate, false},
		{"all, behind, out of a cache", 5 * minute, 5 * minute, -4 * minute, 0, http.Header{"Age": {"1"}}, false},
		{"all, a date of another clock", 5 * minute, 5 * minute, 0, 0, http.Header{"Date": {"Wed, 19 Aug 2026 18:16:07 GMT"}}, false},
		{"part of an hour, no date", time.Hour, 45 * minute, 0, 0, noDate, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limit := tt.granted
			if tt.granted == 0 {
				limit = -1
			}
			f := newFixture(t, emulator.Options{GraceLimit: limit})
			f.SetSkew(tt.skew)
			c := f.client()
			if _, err := c.Profile(t.Context()); err != nil { // finds out about a clock that is far away
				t.Fatal(err)
			}
			reached, hold := make(chan struct{}), make(chan struct{})
			f.Inject(emulator.Fault{Header: tt.header, Reached: reached, Hold: hold}.After())
			go func() {
				<-reached
				f.advance(tt.slow)
				close(hold)
			}()
			got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: tt.asked})
			if err != nil {
				t.Fatal(err)
			}
			var expires time.Time
			if tt.granted > 0 {
				expires = f.clock().Add(tt.skew - tt.slow + tt.granted)
			}
			if got.GraceCut != tt.cut || got.OddExpiry != "" || !got.OldSecretExpiresAt.Equal(expires) {
				t.Errorf("cut: %t; expires at %s %q, not %s", got.GraceCut, got.OldSecretExpiresAt, got.OddExpiry, expires)
			}
		})
	}
}
