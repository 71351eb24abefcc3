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

// onTheSecond is a fixture whose clock shows a full second, as a Date header does.
func onTheSecond(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t, emulator.Options{})
	f.advance(f.clock().Truncate(time.Second).Add(time.Second).Sub(f.clock()))
	return f
}

func TestProfileOnAnotherClock(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name     string
		skew     time.Duration
		header   http.Header // of every reply
		accepted bool
		gets     int
	}{
		{"within what the API accepts", 5 * time.Minute, nil, true, 1},
		{"a second more", 301 * time.Second, nil, true, 2},
		{"behind", -301 * time.Second, nil, true, 2},
		{"a day ahead", day, nil, true, 2},
		{"a day behind", -day, nil, true, 2},
		{"more than a day ahead", day + time.Second, nil, false, 1},
		{"more than a day behind", -day - time.Second, nil, false, 1},
		{"out of a cache", time.Hour, http.Header{"Age": {"3600"}}, false, 1},
		{"no date", time.Hour, http.Header{"Date": nil}, false, 1},
		{"an unreadable date", time.Hour, http.Header{"Date": {"noon"}}, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := onTheSecond(t)
			f.SetSkew(tt.skew)
			f.Inject(emulator.Fault{Header: tt.header, Times: forever})
			c := f.client()
			_, err := c.Profile(t.Context())
			if (err == nil) != tt.accepted {
				t.Errorf("error %v", err)
			}
			f.wantSent(t, tt.gets, 0)
			var offset time.Duration
			if tt.accepted && tt.gets > 1 {
				offset = tt.skew
			}
			if c.ClockOffset() != offset {
				t.Errorf("offset %s, not %s", c.ClockOffset(), offset)
			}
			if !tt.accepted {
				return
			}
			if _, err := c.Profile(t.Context()); err != nil {
				t.Error(err)
			}
			f.wantSent(t, tt.gets+1, 0) // it goes on with the server's time
		})
	}
}

// If the clocks differ by less than 240 s, they cannot be the reason.
func TestRefusedOnNearlyTheSameClock(t *testing.T) {
	t.Parallel()
	for skew, gets := range map[time.Duration]int{
		239 * time.Second:  1,
		-239 * time.Second: 1,
		240 * time.Second:  2,
		-240 * time.Second: 2,
	} {
		f := onTheSecond(t)
		f.SetSkew(skew)
		f.Rotate(0)
		c := f.client()
		if _, err := c.Profile(t.Context()); err == nil {
			t.Error("a dead secret was accepted")
		}
		f.wantSent(t, gets, 0)
		if c.ClockOffset() != 0 {
			t.Errorf("offset %s without an accepted request", c.ClockOffset())
		}
	}
}

func TestBearerRefusedOnAnotherClock(t *testing.T) {
	t.Parallel()
	f := onTheSecond(t)
	f.SetSkew(time.Hour)
	f.Inject(emulator.Problem(401, emulator.ProblemTokenExpired, "", ""))
	if _, err := f.client().Profile(t.Context()); err == nil {
		t.Error("no error")
	}
	f.wantSent(t, 1, 0)
}

// A POST is signed with the server's time only after the API accepted a GET that
// was.
func TestRegenerateOnAnotherClock(t *testing.T) {
	t.Parallel()
	age := emulator.Fault{Header: http.Header{"Age": {"1"}}, Times: forever}
	for _, tt := range []struct {
		name        string
		skew        time.Duration
		maxRetries  int
		fault       *emulator.Fault
		dead        bool // the secret
		gets, posts int
		regenerated bool
	}{
		{"an hour ahead", time.Hour, 4, nil, false, 2, 2, true},
		{"an hour behind", -time.Hour, 4, nil, false, 2, 2, true},
		{"the same clock", 0, 4, nil, true, 0, 1, false},
		{"the secret is dead as well", time.Hour, 4, nil, true, 2, 1, false},
		{"out of a cache", time.Hour, 4, &age, false, 0, 1, false},
		{"too far to believe", 25 * time.Hour, 4, nil, false, 0, 1, false},
		{"no retries", time.Hour, 0, nil, false, 0, 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := onTheSecond(t)
			f.config.MaxRetries = tt.maxRetries
			f.SetSkew(tt.skew)
			if tt.fault != nil {
				f.Inject(*tt.fault)
			}
			if tt.dead {
				f.Rotate(0)
			}
			c := f.client()
			got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour})
			f.wantSent(t, tt.gets, tt.posts)
			if !tt.regenerated {
				wantFailure(t, err, apisecret.SecretRefused, apisecret.Unchanged, time.Hour, time.Time{})
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			expires := f.clock().Add(tt.skew + time.Hour) // by the server's clock
			if got.Secret.Reveal() != f.Secret() || !got.OldSecretExpiresAt.Equal(expires) || c.ClockOffset() != tt.skew {
				t.Errorf("expires at %s %q, not %s; offset %s", got.OldSecretExpiresAt, got.OddExpiry, expires, c.ClockOffset())
			}
		})
	}
}

// Each signer gets an attempt with the server's time, even if the signer before
// was refused for another reason.
func TestSecondSignerOnAnotherClock(t *testing.T) {
	t.Parallel()
	f := onTheSecond(t)
	f.SetSkew(time.Hour)
	got, err := f.client().RegenerateSecret(t.Context(),
		apisecret.RegenerateInput{Signers: []apisecret.Secret{apisecret.New("sk_test_dead"), f.config.Secret}})
	if err != nil || !got.SignedWith.Equal(f.config.Secret) {
		t.Errorf("error %v", err)
	}
	f.wantSent(t, 4, 3)
}

func TestAmbiguousOnAnotherClock(t *testing.T) {
	t.Parallel()
	f := onTheSecond(t)
	f.SetSkew(time.Hour)
	c := f.client()
	if _, err := c.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := f.clock()
	f.Inject(emulator.Fault{Drop: true})
	got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if want := sent.Add(time.Hour + time.Minute); !got.OldSecretExpiresAt.Equal(want) || !got.AmbiguousSince.Equal(sent) {
		t.Errorf("expires at %s, not %s; ambiguous since %s", got.OldSecretExpiresAt, want, got.AmbiguousSince)
	}
}

// If requests are signed with the server's time already, the clock cannot be the
// reason for a refusal.
func TestRefusedOnTheServersClock(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{OldSecretCannotRegenerate: true})
	f.SetSkew(time.Hour)
	c := f.client()
	if _, err := c.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Rotate(2 * time.Hour)             // now the configured secret may read but not regenerate,
	f.advance(10250 * time.Millisecond) // and the offset looks a little different by a Date, which has no milliseconds
	_, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantFailure(t, err, apisecret.SecretRefused, apisecret.Unchanged, 0, time.Time{})
	if posts := len(f.sent("POST")); posts != 1 {
		t.Errorf("%d POSTs arrived, though the clock was not the reason", posts)
	}
}
