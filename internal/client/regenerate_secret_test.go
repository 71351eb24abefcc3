// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestRegenerateSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{UserAPIKey: "ak_live"})
	f.config.UserAgent = "tests/1"
	c := f.client()
	got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: 5 * time.Minute})
	wantRegenerated(t, f, got, err, 5*time.Minute, time.Time{})
	if got.RequestID == "" {
		t.Error("no request id")
	}

	f.wantSent(t, 0, 1)
	sent := f.Requests()[0]
	if sent.Path != emulator.RegeneratePath || sent.Body != `{"oldSecretValidForSeconds":300}` {
		t.Errorf("%s %s", sent.Path, sent.Body)
	}
	for name, want := range map[string]string{
		"Accept":        "application/json, application/problem+json",
		"Authorization": "Bearer ak_live",
		"Content-Type":  "application/json",
		"User-Agent":    "tests/1",
	} {
		if values := sent.Header[name]; !slices.Equal(values, []string{want}) {
			t.Errorf("%s: %q", name, values)
		}
	}

	if !c.ConfiguredSecret().Equal(f.config.Secret) {
		t.Error("the configured secret has changed")
	}
	second, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	if err != nil || !second.SignedWith.Equal(got.Secret) {
		t.Errorf("not signed with the newest secret: %v", err)
	}
	if body := f.Requests()[1].Body; body != `{"oldSecretValidForSeconds":0}` {
		t.Errorf("body %s", body)
	}
}

func TestAfterAnAmbiguousAttempt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answers []emulator.Fault // to the second attempt and on
		posts   int
		outcome apisecret.Outcome
		effect  apisecret.Effect
	}{
		{"success", nil, 2, apisecret.Regenerated, apisecret.Changed},
		{"429, then success", []emulator.Fault{emulator.TooManyRequests("")}, 3, apisecret.Regenerated, apisecret.Changed},
		{"401", []emulator.Fault{emulator.Problem(401, emulator.ProblemUnauthorized, "", "")}, 2, apisecret.SecretRefused, apisecret.Unknown},
		{"401, invalid token", []emulator.Fault{emulator.Problem(401, emulator.ProblemInvalidToken, "", "")}, 2, apisecret.BearerRefused, apisecret.Unknown},
		{"403", []emulator.Fault{emulator.Problem(403, emulator.ProblemForbidden, "", "")}, 2, apisecret.Refused, apisecret.Unknown},
		{"429, Retry-After too long", []emulator.Fault{emulator.TooManyRequests("61")}, 2, apisecret.RateLimited, apisecret.Unknown},
		{"429, then ambiguous again", []emulator.Fault{emulator.TooManyRequests(""), {Drop: true}}, 3, apisecret.Ambiguous, apisecret.Unknown},
		{"504", []emulator.Fault{emulator.HTML(504)}, 2, apisecret.Unanswered, apisecret.Unknown},
		{"408", []emulator.Fault{emulator.HTML(408)}, 2, apisecret.Unanswered, apisecret.Unknown},
		{"200, page", []emulator.Fault{emulator.HTML(200)}, 2, apisecret.NotFromAPI, apisecret.Unknown},
		{"200 without a secret", []emulator.Fault{emulator.Fault{Body: "{}"}.After()}, 2, apisecret.Unreadable, apisecret.Changed},
	} {
		for _, grace := range []time.Duration{0, 5 * time.Minute} {
			t.Run(tt.name+"/grace "+grace.String(), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, emulator.Options{})
				f.Inject(emulator.Fault{Drop: true})
				f.Inject(tt.answers...)
				other := apisecret.New("sk_test_other")
				got, err := f.client().RegenerateSecret(t.Context(),
					apisecret.RegenerateInput{GracePeriod: grace, Signers: []apisecret.Secret{f.config.Secret, other}})
				f.wantSent(t, 0, tt.posts)
				if tt.outcome == apisecret.Regenerated {
					wantRegenerated(t, f, got, err, grace, testStart())
				} else {
					wantFailure(t, err, tt.outcome, tt.effect, grace, testStart())
				}
			})
		}
	}
}

func TestRefusedInGracePeriodAfterAnAmbiguousAttempt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{OldSecretCannotRegenerate: true})
	f.Inject(emulator.Fault{Drop: true}.After())
	_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour})
	f.wantSent(t, 0, 2)
	wantFailure(t, err, apisecret.SecretRefused, apisecret.Unknown, time.Hour, testStart())
}

func TestResentOnlyInGracePeriod(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		answered   time.Duration // after it was sent
		retryAfter string
		grace      time.Duration
		waits      []time.Duration
	}{
		{"no grace period", time.Minute, "", 0, []time.Duration{3 * time.Second}},
		{"over when it would be sent", 0, "", 3 * time.Second, nil},
		{"not yet over", 0, "", 4 * time.Second, []time.Duration{3 * time.Second}},
		{"over, for the answer was slow", 7 * time.Second, "", 10 * time.Second, nil},
		{"not yet over, though the answer was slow", 6 * time.Second, "", 10 * time.Second, []time.Duration{3 * time.Second}},
		{"over, as long as the API asks to wait", 0, "10", 10 * time.Second, nil},
		{"not yet over, as long as the API asks to wait", 0, "10", 11 * time.Second, []time.Duration{10 * time.Second}},
		{"the API asks for less than is safe", 0, "1", 0, []time.Duration{3 * time.Second}},
		{"the API asks for too long", 0, "61", time.Hour, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			fault := emulator.HTML(502)
			fault.Header = http.Header{"Retry-After": {tt.retryAfter}}
			reached, hold := make(chan struct{}), make(chan struct{})
			fault.Reached, fault.Hold = reached, hold
			f.Inject(fault)
			go func() {
				<-reached
				f.advance(tt.answered)
				close(hold)
			}()
			_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: tt.grace})
			if !slices.Equal(f.waits, tt.waits) {
				t.Errorf("waited %v, not %v", f.waits, tt.waits)
			}
			f.wantSent(t, 0, 1+len(tt.waits))
			if resent := len(tt.waits) > 0; (err == nil) != resent {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestOldSecretExpiresAt(t *testing.T) {
	t.Parallel()
	const grace = 5 * time.Minute
	ambiguous := emulator.Fault{Drop: true}
	sent := testStart()
	resent := sent.Add(3 * time.Second)
	for _, tt := range []struct {
		name   string
		faults []emulator.Fault // before the one that gives the expiry
		says   any              // nil: nothing
		want   time.Time
		odd    string
		cut    bool
	}{
		{"none", nil, nil, time.Time{}, "", true},
		{"plausible", nil, sent.Add(grace).Format(time.RFC3339), sent.Add(grace).Truncate(time.Second), "", false},
		{"with an offset", nil, "2026-08-19T17:21:07.597+02:00", sent.Add(grace), "", false},
		{"no time", nil, "soon", time.Time{}, "soon", false},
		{"no string", nil, 1787152867, time.Time{}, "1787152867", false},
		{"an object", nil, map[string]any{"at": 1}, time.Time{}, `{"at":1}`, false},
		{"escape sequences", nil, "\x1b[2Jsoon\n", time.Time{}, "[2Jsoon", false},
		{"far too late", nil, "2027-08-19T15:21:07Z", time.Time{}, "2027-08-19T15:21:07Z", false},
		{"far too early", nil, "2025-08-19T15:21:07Z", time.Time{}, "2025-08-19T15:21:07Z", false},
		{"no year", nil, "0000-01-01T00:00:00+23:59", time.Time{}, "0000-01-01T00:00:00+23:59", false},
		{"no time at all", nil, "0001-01-01T00:00:00Z", time.Time{}, "", true},
		{"an hour late", nil, sent.Add(time.Hour).Format(time.RFC3339), time.Time{}, "2026-08-19T16:16:07Z", false},
		{"a minute", nil, sent.Add(time.Minute).Format(time.RFC3339Nano), sent.Add(time.Minute), "", true},
		{"at once", nil, sent.Format(time.RFC3339Nano), sent, "", true},
		{"a minute ago", nil, sent.Add(-time.Minute).Format(time.RFC3339Nano), sent.Add(-time.Minute), "", true},

		{"of the resent request", []emulator.Fault{ambiguous}, resent.Add(grace).Format(time.RFC3339Nano), sent.Add(grace), "", false},
		{"before that of the lost request", []emulator.Fault{ambiguous}, sent.Add(time.Minute).Format(time.RFC3339Nano), sent.Add(time.Minute), "", true},
		{"none, a request was lost", []emulator.Fault{ambiguous}, nil, sent.Add(grace), "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(tt.faults...)
			f.Inject(emulator.Fault{Rewrite: func(reply map[string]any) {
				if reply["oldSecretExpiresAt"] = tt.says; tt.says == nil {
					delete(reply, "oldSecretExpiresAt")
				}
			}})
			got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: grace})
			if err != nil {
				t.Fatal(err)
			}
			if got.Secret.Reveal() != f.Secret() {
				t.Error("another secret")
			}
			if !got.OldSecretExpiresAt.Equal(tt.want) || got.OddExpiry != tt.odd || got.GraceCut != tt.cut {
				t.Errorf("expires at %s %q, not %s %q; cut %t", got.OldSecretExpiresAt, got.OddExpiry, tt.want, tt.odd, got.GraceCut)
			}
		})
	}
}

func TestUnreadableReplyIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(emulator.Fault{Body: `{"apiSecret":"sk_test_renamed"}`}.After())
	_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	var failure *apisecret.RegenerateError
	if !errors.As(err, &failure) || failure.Reply.Reveal() != `{"apiSecret":"sk_test_renamed"}` {
		t.Errorf("the reply is lost: %v", err)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.MaxRetries = 70
	fault := emulator.TooManyRequests("")
	fault.Times = forever
	f.Inject(fault)
	_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantFailure(t, err, apisecret.RateLimited, apisecret.Unchanged, 0, time.Time{})
	f.wantSent(t, 0, 71)
	for i, wait := range f.waits {
		if want := min(time.Second<<min(i, 5), 30*time.Second); wait != want {
			t.Errorf("wait %d is %s, not %s", i, wait, want)
		}
	}
}

func TestWaitsByItself(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.Sleep, f.config.RetryWait = nil, time.Millisecond
	f.Inject(emulator.TooManyRequests(""))
	got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantRegenerated(t, f, got, err, 0, time.Time{})
	f.wantSent(t, 0, 2)
}
