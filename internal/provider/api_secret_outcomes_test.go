// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The first rotation invalidates the configured secret, so only the one in state can sign
// the next requests. Each success shows that the failure before it has not changed
// the state. TestFailedRotationKeepsTheSecret has one failure on a real Terraform.
func TestFailuresKeepTheSecret(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	gate := newGate(t, s.URL())
	s.setenv("INTEGRATOR_ENDPOINT", "http://"+gate.address)
	s.settings["max_retries"] = 0
	b := s.apiSecret(nil)
	graces := []int{0}
	s.step(b, creates, graces...)
	for _, failure := range []struct {
		before   func() // the failure
		requests int    // that arrive
		says     []string
	}{
		{
			before: func() {
				s.Inject(onRotation(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "Not for you.")))
			},
			requests: 1,
			says:     []string{"The API secret was not rotated", "403 Forbidden", "Nothing was changed"},
		},
		{
			before:   func() { s.Inject(onRotation(emulator.Fault{Status: http.StatusInternalServerError})) },
			requests: 1,
			says:     []string{"The API secret may have been rotated", "500 Internal Server Error", "if it was not, the old secret, as before", "apply again"},
		},
		{
			before: gate.shut,
			says:   []string{"The API secret was not rotated", refusal(t), "Nothing was changed", "Check that http://" + gate.address + " can be reached"},
		},
	} {
		b.rotate()
		before := b.object.Value
		failure.before()
		s.expectError(s.apply(), failure.says...)
		if !b.object.Value.Equal(before) {
			t.Error("the failure has changed the state")
		}
		gate.open()
		for range failure.requests + 1 {
			graces = append(graces, 0)
		}
		s.step(b, rotates, graces...)
	}
	if n := s.processed(); n != 4 {
		t.Errorf("%d rotations took effect, not 4", n)
	}
}

// TestErrorsSayWhatToDo has one of these on a real Terraform.
func TestEachErrorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.apiSecret(nil)
	failures := []struct {
		fault emulator.Fault
		says  []string
	}{
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", ""),
			[]string{"was not rotated", "set integrator_secret (INTEGRATOR_SECRET) to the live one", "the API's clock says " + started},
		},
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemTokenExpired, "Unauthorized", ""),
			[]string{"was not rotated", "user_api_key is not set: set it (INTEGRATOR_USER_API_KEY)", "do not make a new one"},
		},
		{
			emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""),
			[]string{"was not rotated", "Ask the platform"},
		},
		{
			emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", ""),
			[]string{"was not rotated", s.Key() + " belongs to " + s.URL()},
		},
		{
			emulator.TooManyRequests("3600"),
			[]string{"was not rotated", "429 Too Many Requests", "wait 1h0m0s"},
		},
		{
			emulator.Redirect("https://example.com/"),
			[]string{"was not rotated", "307 Temporary Redirect", "not followed", "INTEGRATOR_ENDPOINT"},
		},
		{
			emulator.HTML(http.StatusGatewayTimeout),
			[]string{"may have been rotated", "504 Gateway Timeout", "apply again"},
		},
		{
			emulator.Fault{Body: `{"token": "x"}`},
			[]string{"was rotated, but the reply holds no readable", "without a readable secret", "INTEGRATOR_SECRET"},
		},
	}
	for _, failure := range failures {
		s.Inject(onRotation(failure.fault))
		s.expectError(s.apply(), failure.says...)
		if b.object != nil {
			t.Fatal("a secret that was not made is in the state")
		}
	}
	if sent := len(s.rotationRequests()); sent != len(failures) {
		t.Errorf("%d failures took %d requests", len(failures), sent)
	}
}
