// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// orphanable returns a switch that makes the client's process an orphan.
func (f *fixture) orphanable() *atomic.Bool {
	var orphaned atomic.Bool
	f.config.Orphaned = orphaned.Load
	return &orphaned
}

// An orphan may be long outlived by another run, which has stored a secret of its
// own. A further attempt would invalidate that one.
func TestAnOrphanBeginsNoAttempt(t *testing.T) {
	t.Parallel()
	ambiguous, tooMany, refused := emulator.Fault{Drop: true}, emulator.TooManyRequests("6"), emulator.HTML(401)
	for _, tt := range []struct {
		name     string
		fault    emulator.Fault
		inWait   bool // it becomes an orphan in the wait, or else during the attempt
		outcome  apisecret.Outcome
		perhaps  bool // the secret may have been regenerated
		waits    int
		attempts int
	}{
		{"answered", emulator.Fault{}, false, apisecret.Regenerated, false, 0, 1},
		{"rate limited", tooMany, false, apisecret.RateLimited, false, 0, 1},
		{"rate limited, waits", tooMany, true, apisecret.NotSent, false, 1, 1},
		{"refused: no other signer", refused, false, apisecret.NotSent, false, 0, 1},
		{"ambiguous", ambiguous, false, apisecret.Ambiguous, true, 0, 1},
		{"ambiguous, waits", ambiguous, true, apisecret.NotSent, true, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			orphaned := f.orphanable()
			f.Inject(tt.fault.On(http.MethodPost, emulator.RegeneratePath))
			if tt.inWait {
				f.config.Sleep = func(ctx context.Context, d time.Duration) error {
					orphaned.Store(true)
					return f.sleep(ctx, d)
				}
			} else {
				f.config.Log = func(context.Context, string, map[string]any) { orphaned.Store(true) } // the attempt is over
			}
			signers := []apisecret.Secret{f.config.Secret, apisecret.New("other")}
			got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour, Signers: signers})
			f.wantSent(t, 0, tt.attempts)
			if len(f.waits) != tt.waits {
				t.Errorf("waited %v", f.waits)
			}
			switch {
			case tt.outcome == apisecret.Regenerated:
				wantRegenerated(t, f, got, err, time.Hour, time.Time{})
			case tt.perhaps:
				wantFailure(t, err, tt.outcome, apisecret.Unknown, time.Hour, testStart())
			default:
				wantFailure(t, err, tt.outcome, apisecret.Unchanged, time.Hour, time.Time{})
			}
		})
	}
}

func TestAnOrphanSendsNothingThatChangesSomething(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.orphanable().Store(true)
	_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantFailure(t, err, apisecret.NotSent, apisecret.Unchanged, 0, time.Time{})
	f.wantSent(t, 0, 0)

	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		orphaned := f.orphanable()
		f.Inject(emulator.TooManyRequests("").On(w.method, w.path))
		f.config.Sleep = func(ctx context.Context, d time.Duration) error {
			orphaned.Store(true)
			return f.sleep(ctx, d)
		}
		if err := w.do(t.Context(), f.client()); err == nil {
			t.Error("no error")
		}
		wantAttempts(t, f, w, 1, []time.Duration{time.Second})
	})
}
