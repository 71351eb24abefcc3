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

// onTheSecond is a stage where the clock shows a full second, as a Date does.
func onTheSecond(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, emulator.Options{})
	s.advance(s.clock().Truncate(time.Second).Add(time.Second).Sub(s.clock()))
	return s
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
			s := onTheSecond(t)
			s.SetSkew(tt.skew)
			s.Inject(emulator.Fault{Header: tt.header, Times: forever})
			c := s.client()
			_, err := c.Profile(t.Context())
			if (err == nil) != tt.accepted {
				t.Errorf("error %v", err)
			}
			s.wantSent(t, tt.gets, 0)
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
			s.wantSent(t, tt.gets+1, 0) // it stays on the server's clock
		})
	}
}

// Nearer than 240 s the clocks cannot be the reason.
func TestRefusedOnNearlyTheSameClock(t *testing.T) {
	t.Parallel()
	for skew, gets := range map[time.Duration]int{
		239 * time.Second:  1,
		-239 * time.Second: 1,
		240 * time.Second:  2,
		-240 * time.Second: 2,
	} {
		s := onTheSecond(t)
		s.SetSkew(skew)
		s.Rotate(0)
		c := s.client()
		if _, err := c.Profile(t.Context()); err == nil {
			t.Error("a dead secret was accepted")
		}
		s.wantSent(t, gets, 0)
		if c.ClockOffset() != 0 {
			t.Errorf("offset %s without an accepted request", c.ClockOffset())
		}
	}
}

func TestBearerRefusedOnAnotherClock(t *testing.T) {
	t.Parallel()
	s := onTheSecond(t)
	s.SetSkew(time.Hour)
	s.Inject(emulator.Problem(401, emulator.ProblemTokenExpired, "", ""))
	if _, err := s.client().Profile(t.Context()); err == nil {
		t.Error("no error")
	}
	s.wantSent(t, 1, 0)
}

// A POST is signed on the server's clock only when a GET was accepted so.
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
			s := onTheSecond(t)
			s.config.MaxRetries = tt.maxRetries
			s.SetSkew(tt.skew)
			if tt.fault != nil {
				s.Inject(*tt.fault)
			}
			if tt.dead {
				s.Rotate(0)
			}
			c := s.client()
			got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour})
			s.wantSent(t, tt.gets, tt.posts)
			if !tt.regenerated {
				wantFailure(t, err, apisecret.SecretRefused, apisecret.Unchanged, time.Hour, time.Time{})
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			expires := s.clock().Add(tt.skew + time.Hour) // by the server's clock
			if got.Secret.Reveal() != s.Secret() || !got.OldSecretExpiresAt.Equal(expires) || c.ClockOffset() != tt.skew {
				t.Errorf("expires at %s %q, not %s; offset %s", got.OldSecretExpiresAt, got.OddExpiry, expires, c.ClockOffset())
			}
		})
	}
}

// Each signer may be refused because of the clock, whatever the one before was
// refused for.
func TestSecondSignerOnAnotherClock(t *testing.T) {
	t.Parallel()
	s := onTheSecond(t)
	s.SetSkew(time.Hour)
	got, err := s.client().RegenerateSecret(t.Context(),
		apisecret.RegenerateInput{Signers: []apisecret.Secret{apisecret.New("sk_test_dead"), s.config.Secret}})
	if err != nil || !got.SignedWith.Equal(s.config.Secret) {
		t.Errorf("error %v", err)
	}
	s.wantSent(t, 4, 3)
}

func TestAmbiguousOnAnotherClock(t *testing.T) {
	t.Parallel()
	s := onTheSecond(t)
	s.SetSkew(time.Hour)
	c := s.client()
	if _, err := c.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := s.clock()
	s.Inject(emulator.Fault{Drop: true})
	got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if want := sent.Add(time.Hour + time.Minute); !got.OldSecretExpiresAt.Equal(want) || !got.AmbiguousSince.Equal(sent) {
		t.Errorf("expires at %s, not %s; ambiguous since %s", got.OldSecretExpiresAt, want, got.AmbiguousSince)
	}
}

// On the server's clock already, a refusal is not about the clock.
func TestRefusedOnTheServersClock(t *testing.T) {
	t.Parallel()
	s := newStage(t, emulator.Options{OldSecretCannotRegenerate: true})
	s.SetSkew(time.Hour)
	c := s.client()
	if _, err := c.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Rotate(2 * time.Hour)             // now the configured secret may read but not regenerate,
	s.advance(10250 * time.Millisecond) // and by a Date, in seconds, the offset looks a little different
	_, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantFailure(t, err, apisecret.SecretRefused, apisecret.Unchanged, 0, time.Time{})
	if posts := len(s.sent("POST")); posts != 1 {
		t.Errorf("%d POSTs arrived, though the clock was not the reason", posts)
	}
}
