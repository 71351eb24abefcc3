// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"
)

// errorsTold are the errors of the last command, in one text.
func (s *session) errorsTold() string {
	s.t.Helper()
	var text strings.Builder
	for _, d := range s.told {
		if d.Error {
			text.WriteString(d.Summary + "\n" + d.Detail + "\n")
		}
	}
	if text.Len() == 0 {
		s.t.Fatalf("nothing has failed: %v", s.told)
	}
	return text.String()
}

// On a machine whose clock is wrong by days, each signature is refused. The error that
// ends the run says that the clocks may be why.
func TestClocksAreMentionedByTheErrorThatEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(s *session){
		"a creation":           func(s *session) { s.apiSecret(nil); s.apply() },
		"a plan of a rotation": func(s *session) { s.created(nil).rotate(); s.SetSkew(2 * day); s.plan() },
		"a plan to replace":    func(s *session) { s.created(nil).replace = true; s.SetSkew(2 * day); s.plan() },
		"an import":            func(s *session) { s.importID(s.apiSecret(nil), s.Key()) },
		"a webhook":            func(s *session) { s.webhook(); s.apply() },
		"a profile":            func(s *session) { s.read("profile") },
		"an access token":      func(s *session) { s.open("access_token", args{"user_api_key": "ak_demo"}) },
		"a rotation as planned": func(s *session) {
			s.created(nil).rotate()
			plan := s.mustPlan()
			s.SetSkew(2 * day)
			s.told = nil
			s.carryOut(plan)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			if !strings.Contains(name, "plan") { // those need a secret in the state first
				s.SetSkew(2 * day)
			}
			play(s)
			if told := s.errorsTold(); !strings.Contains(told, "this machine's") {
				t.Errorf("told:\n%s", told)
			}
		})
	}
}

// The way to destroy without a plan is shown by plans only: an apply that fails is not
// the one of a destroy.
func TestTheWayToDestroyIsShownByPlansOnly(t *testing.T) {
	t.Parallel()
	const way = "If this ends a terraform destroy: terraform destroy -refresh=false"
	s := newSession(t)
	s.created(nil).rotate()
	s.setenv("INTEGRATOR_KEY", "int_other")
	s.plan()
	if told := s.errorsTold(); !strings.Contains(told, way) {
		t.Errorf("the plan told:\n%s", told)
	}

	s = newSession(t)
	s.created(nil).rotate()
	s.settings["integrator_key"], s.unknown = "int_other", []string{"integrator_key"} // known too late for the plan
	s.apply()
	if told := s.errorsTold(); strings.Contains(told, "destroy") {
		t.Errorf("the apply told:\n%s", told)
	}
}
