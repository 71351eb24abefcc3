// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const profile = `data "integrator_profile" "test" {}`

func TestProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{Key: "int_other"})
	var checks []statecheck.StateCheck
	for attribute, want := range map[string]knownvalue.Check{
		"id":                      knownvalue.StringExact("8b6f2d4e-3c1a-4f57-9d0e-5a7c1e2b9f30"),
		"integrator_key":          knownvalue.StringExact("int_other"),
		"name":                    knownvalue.StringExact("Demo Integrator"),
		"email":                   knownvalue.StringExact("integrator@example.com"),
		"can_subsidize_user_fees": knownvalue.Bool(false),
		"ach_debit_enabled":       knownvalue.Bool(true),
		"bill_pay_enabled":        knownvalue.Bool(true),
		"created_at":              knownvalue.StringExact("2025-01-15T09:30:00.000Z"),
	} {
		checks = append(checks, statecheck.ExpectKnownValue("data.integrator_profile.test", tfjsonpath.New(attribute), want))
	}
	f.terraform(resource.TestStep{Config: profile, ConfigStateChecks: append(checks, f.rotated())})
}

func TestProfileErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	for _, tt := range []struct {
		fault emulator.Fault
		says  []string
	}{
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "Who are you?"),
			[]string{"401 Unauthorized", "Who are you?", "type: auth:unauthorized", "set integrator_secret (INTEGRATOR_SECRET) to the live one"},
		},
		{
			emulator.Problem(http.StatusUnauthorized, emulator.ProblemInvalidToken, "Unauthorized", ""),
			[]string{"401 Unauthorized", "Set user_api_key (INTEGRATOR_USER_API_KEY)"},
		},
		{
			emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", ""),
			[]string{"403 Forbidden", "Ask the platform"},
		},
		{
			emulator.Problem(http.StatusNotFound, emulator.ProblemNotFound, "Not Found", "",
				map[string]any{"resourceType": "integrator", "resourceId": "int_gone"}),
			[]string{"404 Not Found", "resource: integrator int_gone", "int_demo belongs to " + f.URL()},
		},
		{
			emulator.Fault{Status: http.StatusInternalServerError, Times: 5}, // once, and four retries
			[]string{"500 Internal Server Error", "request id", "The fault is on the API's side"},
		},
		{
			emulator.Fault{Body: "[]"},
			[]string{"not the profile of int_demo that the API documents"},
		},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig:   func() { f.Inject(tt.fault) },
			Config:      profile,
			ExpectError: says(append([]string{"The integrator's profile was not read"}, tt.says...)...),
		})
	}
	f.terraform(steps...)
}

func TestHeadersOfEveryRequest(t *testing.T) {
	t.Parallel()
	agent := regexp.MustCompile(`^terraform-provider-integrator/1\.2\.3 Terraform/\d+\.\d+\.\d+`)
	for name, tt := range map[string]struct {
		userAPIKey    string
		authorization []string
	}{
		"without user API key": {"", nil},
		"with user API key":    {"ak_right", []string{"Bearer ak_right"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{UserAPIKey: tt.userAPIKey})
			f.setenv("INTEGRATOR_USER_API_KEY", tt.userAPIKey)
			f.terraform(resource.TestStep{Config: profile + "\n" + secretResource(`old_secret_valid_for_seconds = 300`)})
			for _, request := range f.Requests() {
				if got := request.Header.Get("User-Agent"); !agent.MatchString(got) {
					t.Errorf("%s %s has the User-Agent %q", request.Method, request.Path, got)
				}
				if !slices.Equal(request.Header["Authorization"], tt.authorization) {
					t.Errorf("%s %s has another Authorization", request.Method, request.Path)
				}
			}
			if f.processed() != 1 || f.Count(http.MethodGet, emulator.ProfilePath) == 0 {
				t.Error("not every kind of request was sent")
			}
		})
	}
}
