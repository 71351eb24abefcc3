// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func accessToken(arguments string) string {
	return fmt.Sprintf("ephemeral \"integrator_access_token\" \"test\" {\n%s\n}\n", arguments)
}

// echo copies the ephemeral resource under test to where a test can see it.
const echo = `
	provider "echo" { data = ephemeral.integrator_access_token.test }
	resource "echo" "test" {}
`

func echoed(attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey(attribute), want)
}

// withEcho runs steps that may use the echo provider.
func (f *fixture) withEcho(steps ...resource.TestStep) {
	f.t.Helper()
	needs(f.t, ephemeralResources())
	factories := f.factories()
	factories["echo"] = echoprovider.NewProviderServer()
	f.terraformWith(factories, steps...)
}

// TestLifetimesOfAccessTokens has the other lifetimes.
func TestAccessToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	issued := func(value string) error {
		if !slices.ContainsFunc(f.Tokens(), func(token emulator.Token) bool { return token.Value == value }) {
			return errors.New("not a token that was issued")
		}
		return nil
	}
	f.withEcho(resource.TestStep{
		Config: accessToken(`user_api_key = "ak_demo"`) + echo,
		ConfigStateChecks: []statecheck.StateCheck{
			echoed("access_token", knownvalue.StringFunc(issued)),
			echoed("user_id", knownvalue.StringExact("user_0")),
			echoed("token_type", knownvalue.StringExact("Bearer")),
			echoed("expires_in", knownvalue.Int64Exact(3600)),
			echoed("expires_at", knownvalue.StringExact("2026-08-19T16:16:07.597Z")),
		},
	})
	for _, request := range f.Requests() {
		if want := `{"expiresIn":3600,"userApiKey":"ak_demo"}`; request.Body != want {
			t.Errorf("sent %s", request.Body)
		}
	}
}

// A key that only the apply knows leaves the token to the apply.
func TestAccessTokenOfAnUnknownKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var sentByPlan int
	f.withEcho(resource.TestStep{
		Config: `
			resource "terraform_data" "later" { input = "ak_demo" }` + "\n" +
			accessToken(`user_api_key = terraform_data.later.output`) + echo,
		ConfigPlanChecks:  preApply(meanwhile(func() { sentByPlan = len(f.Requests()) })),
		ConfigStateChecks: []statecheck.StateCheck{echoed("user_id", knownvalue.StringExact("user_0"))},
	})
	if sentByPlan != 0 {
		t.Errorf("the plan sent %d requests", sentByPlan)
	}
}

// TestEachBadInputOfAnAccessToken has the others.
func TestAccessTokenBadInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	for _, tt := range []struct{ arguments, says string }{
		{``, `"user_api_key" is required`},
		{"user_api_key = \"ak_demo\"\nexpires_in = 1.5", "expires_in"},
	} {
		steps = append(steps, resource.TestStep{Config: accessToken(tt.arguments) + echo, ExpectError: says(tt.says)})
	}
	f.withEcho(steps...)
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

// TestEachAccessTokenError has the other errors.
func TestAccessTokenErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.withEcho(resource.TestStep{
		Config: accessToken(`user_api_key = "ak_gone"`) + echo,
		ExpectError: says("The access token was not made", "There is no user with this API key",
			"It is a user API key that was refused, not the secret"),
	})
	if sent := len(f.Requests()); sent != 1 {
		t.Errorf("%d requests were sent for one failure", sent)
	}
}
