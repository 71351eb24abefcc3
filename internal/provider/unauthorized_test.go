// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// otherCredentials are 401s that are about something else than the secret.
func otherCredentials() map[string]emulator.Fault {
	return map[string]emulator.Fault{
		"bearer token required": emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", "Bearer token required",
			map[string]any{"realm": "API", "scope": "read:users"}),
		"scope of a token": emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", "", map[string]any{"scope": "read:users"}),
		"unknown key":      emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", "The integrator key is unknown."),
		"invalid token":    emulator.Problem(401, emulator.ProblemInvalidToken, "Unauthorized", ""),
	}
}

// A 401 that is about another credential leaves it open whether the secret is live: it
// fails no plan, adopts nothing, calls no file dead, and leads nobody to a new secret,
// which would invalidate the live one.
func TestA401AboutAnotherCredential(t *testing.T) {
	t.Parallel()
	for name, fault := range otherCredentials() {
		fault.Times = -1
		for does, play := range map[string]func(s *session){
			"creates": func(s *session) {
				s.apiSecret(nil)
				s.Inject(fault)
				s.mustPlan()
				s.expectTold("Warning: Whether the secret can be rotated could not be checked", 1)
				s.expectApplyFails("Error: The API secret was not rotated")
			},
			"refreshes": func(s *session) {
				secret := s.created(nil)
				s.setenv(configured, s.Rotate(0))
				s.Inject(fault)
				before := secret.object.Value
				s.mustApply()
				s.expectTold("Warning: Whether the API secret is still valid could not be checked", 1)
				if !secret.object.Value.Equal(before) {
					s.t.Error("the state has changed")
				}
			},
			"asks about the other secret": func(s *session) {
				s.created(nil)
				s.setenv(configured, s.Rotate(0))
				refused := onCheck(emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", ""))
				refused.Times = 1
				s.Inject(refused, fault)
				s.mustPlan()
				s.expectTold("Warning: Whether the API secret is still valid could not be checked", 1)
			},
			"rotates": func(s *session) {
				s.created(nil).rotate()
				s.Inject(fault)
				s.mustPlan()
				s.expectApplyFails("Error: The API secret was not rotated")
			},
			"resumes": func(s *session) {
				s.settings["recovery_dir"] = s.dir
				s.killed(s.created(nil))
				s.Inject(fault)
				s.mustPlan()
				s.expectApplyFails("Error: An interrupted rotation cannot be completed yet")
			},
			"imports": func(s *session) {
				secret := s.apiSecret(nil)
				s.Inject(fault)
				if s.importID(secret, s.Key()) {
					s.t.Error("the secret was imported")
				}
				s.expectTold("Error: The secret cannot be imported", 1)
			},
		} {
			t.Run(name+"/"+does, func(t *testing.T) {
				t.Parallel()
				s := newSession(t)
				play(s)
				for _, d := range s.told {
					told := d.Summary + ": " + d.Detail
					if strings.Contains(strings.ToLower(told), "get a live secret") || strings.Contains(told, "dead") {
						t.Errorf("leads to a new secret: %s", told)
					}
				}
			})
		}
	}
}

func (s *session) expectApplyFails(with string) {
	s.t.Helper()
	if s.apply() {
		s.t.Error("the apply succeeded")
	}
	s.expectTold(with, 1)
}

// Where the API insists on a bearer token and none is configured, each type names the
// setting that is missing.
func TestMissingBearerToken(t *testing.T) {
	t.Parallel()
	const says = "The API asks for a bearer token, and user_api_key is not set: set it (INTEGRATOR_USER_API_KEY)"
	for name, play := range map[string]func(s *session){
		"api_secret":   func(s *session) { s.apiSecret(nil); s.apply() },
		"webhook":      func(s *session) { s.webhook(); s.apply() },
		"profile":      func(s *session) { s.read("profile") },
		"access_token": func(s *session) { s.open("access_token", args{"user_api_key": "ak_demo"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFixture(t, emulator.Options{BearerRequired: true}).session()
			play(s)
			if name == "access_token" {
				s.expectTold("the provider's (INTEGRATOR_USER_API_KEY), which is not set", 1)
				return
			}
			told := 0
			for _, d := range s.told {
				told += strings.Count(d.Detail, says)
			}
			if told == 0 {
				t.Errorf("told: %v", s.told)
			}
			s.setenv("INTEGRATOR_USER_API_KEY", "ak_any")
			s.told, s.blocks = nil, nil
			play(s)
			for _, d := range s.told {
				if d.Error {
					t.Errorf("with the key: %v", d)
				}
			}
		})
	}
}
