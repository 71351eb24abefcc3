// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
	resource.UnitTest(f.t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps:                    steps,
	})
}

func TestAccessToken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, arguments string
		seconds         int
		expiresAt       string
	}{
		{"default", `user_api_key = "ak_demo"`, 3600, "2026-08-19T16:16:07.597Z"},
		{"shortest", "user_api_key = \"ak_demo\"\nexpires_in = 1", 1, "2026-08-19T15:16:08.597Z"},
		{"longest", "user_api_key = \"ak_demo\"\nexpires_in = 3600", 3600, "2026-08-19T16:16:07.597Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			issued := func(value string) error {
				if !slices.ContainsFunc(f.Tokens(), func(token emulator.Token) bool { return token.Value == value }) {
					return errors.New("not a token that was issued")
				}
				return nil
			}
			f.withEcho(resource.TestStep{
				Config: accessToken(tt.arguments) + echo,
				ConfigStateChecks: []statecheck.StateCheck{
					echoed("access_token", knownvalue.StringFunc(issued)),
					echoed("user_id", knownvalue.StringExact("user_0")),
					echoed("token_type", knownvalue.StringExact("Bearer")),
					echoed("expires_in", knownvalue.Int64Exact(int64(tt.seconds))),
					echoed("expires_at", knownvalue.StringExact(tt.expiresAt)),
				},
			})
			for _, request := range f.Requests() {
				if want := fmt.Sprintf(`{"expiresIn":%d,"userApiKey":"ak_demo"}`, tt.seconds); request.Body != want {
					t.Errorf("sent %s", request.Body)
				}
			}
		})
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

func TestAccessTokenBadInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	for _, tt := range []struct{ arguments, says string }{
		{``, `"user_api_key" is required`},
		{`user_api_key = ""`, "Attribute user_api_key string length must be at least 1"},
		{`user_api_key = "ak_demo\n"`, "wrap it in trimspace(…)"},
		{`user_api_key = "ak_ demo"`, "has white space"},
		{"user_api_key = \"ak_demo\"\nexpires_in = 0", "Attribute expires_in value must be between 1 and 3600, got: 0"},
		{"user_api_key = \"ak_demo\"\nexpires_in = 3601", "Attribute expires_in value must be between 1 and 3600, got: 3601"},
		{"user_api_key = \"ak_demo\"\nexpires_in = 1.5", "expires_in"},
	} {
		steps = append(steps, resource.TestStep{Config: accessToken(tt.arguments) + echo, ExpectError: says(tt.says)})
	}
	f.withEcho(steps...)
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

func TestAccessTokenErrors(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	const good = `user_api_key = "ak_demo"`
	var steps []resource.TestStep
	for _, tt := range []struct {
		arguments string
		fault     *emulator.Fault
		says      []string
	}{
		{`user_api_key = "ak_gone"`, nil, []string{"There is no user with this API key", "It is a user API key that was refused, not the secret"}},
		{
			good, new(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")),
			[]string{"set integrator_secret to the live secret before each run", "depends_on"},
		},
		{good, new(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "")), []string{"403 Forbidden"}},
		{good, new(emulator.Fault{Drop: true}.After()), []string{"The request failed"}},
		{good, new(emulator.TooManyRequests("61")), []string{"The API asks to wait 1m1s"}},
		{good, &emulator.Fault{Body: "null"}, []string{"not the access token that the API documents"}},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				if tt.fault != nil {
					f.Inject(*tt.fault)
				}
			},
			Config:      accessToken(tt.arguments) + echo,
			ExpectError: says(append([]string{"The access token was not made"}, tt.says...)...),
		})
	}
	f.withEcho(steps...)
	if sent := len(f.Requests()); sent != len(steps) {
		t.Errorf("%d requests were sent for %d failures", sent, len(steps))
	}
}

// The hundred and first token of a minute waits as long as the API asks.
func TestAccessTokensAreLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := strings.Replace(accessToken(`user_api_key = "ak_demo"`), "{\n", "{\n  count = 101\n", 1)
	f.withEcho(resource.TestStep{Config: strings.Replace(echo, "test }", "test[0] }", 1) + config})
	if len(f.waits) == 0 || slices.ContainsFunc(f.waits, func(wait time.Duration) bool { return wait > time.Minute }) {
		t.Errorf("waited %v", f.waits)
	}
	if len(f.Tokens()) < 101 {
		t.Errorf("%d tokens were issued", len(f.Tokens()))
	}
}
