// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// readFailure is an answer to the call of a data source, and what its error says.
type readFailure struct {
	fault emulator.Fault
	says  []string
}

func (s *session) expectNotRead(typeName, summary string, failures []readFailure) {
	s.t.Helper()
	for _, failure := range failures {
		s.Inject(failure.fault)
		ok := s.read(typeName)
		s.expectError(ok, append([]string{summary}, failure.says...)...)
	}
}

// TestProfileErrors has one of these on a real Terraform.
func TestEachProfileError(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.expectNotRead("profile", "The integrator's profile was not read", []readFailure{
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "Who are you?"),
			[]string{"401 Unauthorized", "Who are you?", "type: auth:unauthorized", "set integrator_secret (INTEGRATOR_SECRET) to the live one"},
		},
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemInvalidToken, "Unauthorized", ""),
			[]string{"401 Unauthorized", "user_api_key is not set: set it (INTEGRATOR_USER_API_KEY)"},
		},
		{
			emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""),
			[]string{"403 Forbidden", "Ask the platform"},
		},
		{
			emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", "",
				map[string]any{"resourceType": "integrator", "resourceId": "int_gone"}),
			[]string{"404 Not Found", "resource: integrator int_gone", s.Key() + " belongs to " + s.URL()},
		},
		{
			emulator.Fault{Status: http.StatusInternalServerError, Times: 5}, // once, and four retries
			[]string{"500 Internal Server Error", "request id", "The fault is on the API's side"},
		},
		{
			emulator.Fault{Body: "[]"},
			[]string{"the answer 200 OK (content type: application/json) is not the profile of " + s.Key() + " that the API documents"},
		},
	})
}

// TestWebhooksErrors has one of these on a real Terraform.
func TestEachErrorOfTheListOfWebhooks(t *testing.T) {
	t.Parallel()
	newSession(t).expectNotRead("webhooks", "The webhooks were not read", []readFailure{
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", ""),
			[]string{"401 Unauthorized", "set integrator_secret to the live secret before each run", "depends_on"},
		},
		{emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""), []string{"403 Forbidden", "Ask the platform"}},
		{emulator.Fault{Body: `{"webhooks":[]}`}, []string{"not the list of webhooks that the API documents"}},
	})
}
