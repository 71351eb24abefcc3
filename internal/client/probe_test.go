// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestProbe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		trouble    trouble
		maxRetries int
		gets       int
		accepted   bool
		refused    bool
	}{
		{"accepted", api(emulator.Fault{}), 4, 1, true, false},
		{"accepted, other members are odd", profileWith(map[string]any{"id": nil, "name": 1, "billPayEnabled": "yes", "createdAt": []int{}}), 4, 1, true, false},
		{"another integrator's profile", profileWith(map[string]any{"integratorKey": "int_other"}), 4, 1, false, false},
		{"the key in other case", profileWith(map[string]any{"integratorKey": "INT_DEMO"}), 4, 1, false, false},
		{"the key is no text", profileWith(map[string]any{"integratorKey": []string{"int_demo"}}), 4, 1, false, false},
		{"null", api(emulator.Fault{Body: "null"}), 4, 1, false, false},
		{"an empty object", api(emulator.Fault{Body: "{}"}), 4, 1, false, false},
		{"a list", api(emulator.Fault{Body: `[{"integratorKey":"int_demo"}]`}), 4, 1, false, false},
		{"half an object", api(emulator.Fault{Body: `{"integratorKey":"int_demo"`}), 4, 1, false, false},
		{"a maintenance page", api(emulator.HTML(200)), 4, 1, false, false},
		{"no body", api(emulator.Fault{Status: 200}), 4, 1, false, false},
		{"202 with the profile", api(emulator.Fault{Status: 202, Body: `{"integratorKey":"int_demo"}`}), 4, 1, false, false},
		{"refused", api(emulator.Problem(401, emulator.ProblemUnauthorized, "", "")), 4, 1, false, true},
		{"the bearer key is refused", api(emulator.Problem(401, emulator.ProblemInvalidToken, "", "")), 4, 1, false, false},
		{"forbidden", api(emulator.HTML(403)), 4, 1, false, false},
		{"at fault: one retry", api(emulator.HTML(502)), 4, 2, false, false},
		{"at fault, no retries", api(emulator.HTML(502)), 0, 1, false, false},
		{"cut: one retry", api(emulator.Fault{Drop: true}), 4, 2, false, false},
		{"no answer in the shorter time: one retry", silence(emulator.Fault{}), 4, 2, false, false},
		{"not sent", refused(), 4, 0, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries, f.config.RetryWait = tt.maxRetries, time.Millisecond
			tt.trouble(t, f, forever)
			err := f.client().Probe(t.Context(), f.config.Secret)
			var answer *client.Error
			if refused := errors.As(err, &answer) && answer.SecretRefused(); (err == nil) != tt.accepted || refused != tt.refused {
				t.Errorf("error %v", err)
			}
			f.wantSent(t, tt.gets, 0)
		})
	}
}

// profileWith is an API whose profile has other members.
func profileWith(members map[string]any) trouble {
	return api(emulator.Fault{Rewrite: func(profile map[string]any) { maps.Copy(profile, members) }})
}

// The probed secret signs the probe, and nothing else.
func TestProbeOfAnotherSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	newer := apisecret.New(f.Rotate(time.Hour))
	c := f.client()
	if err := c.Probe(t.Context(), newer); err != nil {
		t.Error(err)
	}
	if err := c.Probe(t.Context(), apisecret.New("sk_test_unknown")); err == nil {
		t.Error("an unknown secret was accepted")
	}
	if _, err := c.Profile(t.Context()); err != nil {
		t.Error(err)
	}
	if signed := f.signedWith("GET"); !slices.Equal(signed, []int{1, -1, 0}) {
		t.Errorf("signed with %v", signed)
	}
}

func TestProbeOnAnotherClock(t *testing.T) {
	t.Parallel()
	f := onTheSecond(t)
	f.SetSkew(-time.Hour)
	c := f.client()
	if err := c.Probe(t.Context(), f.config.Secret); err != nil || c.ClockOffset() != -time.Hour {
		t.Errorf("offset %s: %v", c.ClockOffset(), err)
	}
	f.wantSent(t, 2, 0)
}

// A clock is not taken over from an answer that proves nothing.
func TestPageOnAnotherClock(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*fixture, *client.Client) error{
		"probe":    func(f *fixture, c *client.Client) error { return c.Probe(t.Context(), f.config.Secret) },
		"profile":  func(_ *fixture, c *client.Client) error { _, err := c.Profile(t.Context()); return err },
		"webhooks": func(_ *fixture, c *client.Client) error { _, err := c.Webhooks(t.Context()); return err },
	} {
		for body, accepted := range map[string]bool{"{}": false, "[]": false, `{"integratorKey":"int_other"}`: false, `{"integratorKey":"int_demo"}`: true} {
			t.Run(name+" "+body, func(t *testing.T) {
				t.Parallel()
				f := onTheSecond(t)
				f.SetSkew(time.Hour)
				f.Inject(emulator.Fault{}, emulator.Fault{Body: body})
				c := f.client()
				if err := read(f, c); (err == nil) != accepted || !accepted && !errors.Is(err, apisecret.ErrRefused) {
					t.Errorf("error %v", err)
				}
				offset := time.Duration(0)
				if accepted {
					offset = time.Hour
				}
				if got := c.ClockOffset(); got != offset {
					t.Errorf("offset %s", got)
				}
			})
		}
	}
}

// A probe returns the answer at once if the API asks for a wait that is too long
// for it.
func TestProbeDoesNotWaitInVain(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	fault := emulator.TooManyRequests("30")
	fault.Times = forever
	f.Inject(fault)
	err := f.client().Probe(t.Context(), f.config.Secret)
	if err == nil || !strings.HasPrefix(err.Error(), "429") {
		t.Errorf("error %v", err)
	}
}
