// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func providerBlock(arguments string) string {
	return fmt.Sprintf("provider \"integrator\" {\n%s\n}\n", arguments)
}

// Bad input is refused by the plan, before anything is sent, with words that
// name the attribute, where its value came from, and the way out.
// TestEachBadInputIsRefused has every kind of bad input.
func TestBadInputIsRefused(t *testing.T) {
	t.Parallel()
	const swapped = "looks like an API secret: the key, such as int_1a2b3c, is stored and shown in plaintext"
	var steps []resource.TestStep
	f := newFixture(t, emulator.Options{})
	base := maps.Clone(f.env)
	for _, tt := range []struct {
		env    map[string]string
		config string
		says   []string
	}{
		{
			config: providerBlock(`integrator_key = "sk_test_123"`),
			says:   []string{"Error: Invalid integrator_key", "The value of integrator_key " + swapped},
		},
		{
			env: map[string]string{"INTEGRATOR_KEY": "sk_test_123"},
			says: []string{"Error: Invalid environment variable INTEGRATOR_KEY",
				"The environment variable INTEGRATOR_KEY, which stands in for integrator_key, " + swapped},
		},
		{
			env:    map[string]string{"INTEGRATOR_KEY": ""},
			config: providerBlock(`integrator_key = ""`),
			says: []string{"Error: Missing integrator_key",
				"Set integrator_key in the provider block, or the environment variable INTEGRATOR_KEY"},
		},
		{
			config: secretResource("old_secret_valid_for_seconds = 3601"),
			says:   []string{"Attribute old_secret_valid_for_seconds value must be between 0 and 3600, got: 3601"},
		},
		{config: secretResource("old_secret_valid_for_seconds = 1.5"), says: []string{"old_secret_valid_for_seconds"}},
		{config: secretResource("rotate_after_days = 0.5"), says: []string{"rotate_after_days"}},
	} {
		config := tt.config
		if !strings.Contains(config, "resource") {
			config += secretResource("")
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				f.setenvs(base)
				f.setenvs(tt.env)
			},
			Config:      config,
			ExpectError: says(append([]string{"Error running pre-apply plan"}, tt.says...)...),
		})
	}
	f.terraform(steps...)
	f.expectNothingSent()
}

func (f *fixture) setenvs(env map[string]string) {
	for name, value := range env {
		f.setenv(name, value)
	}
}

func TestConfigurationBeatsEnvironment(t *testing.T) {
	t.Parallel()
	s := newFixture(t, emulator.Options{UserAPIKey: "ak_right"}).session()
	s.setenvs(map[string]string{
		"INTEGRATOR_ENDPOINT":     unreachable,
		"INTEGRATOR_ENVIRONMENT":  "sandbox",
		"INTEGRATOR_KEY":          "int_wrong",
		"INTEGRATOR_SECRET":       "sk_test_wrong",
		"INTEGRATOR_USER_API_KEY": "ak_wrong",
	})
	s.settings = args{
		"endpoint":          s.URL(),
		"environment":       "production",
		"integrator_key":    s.Key(),
		"integrator_secret": s.Secret(),
		"user_api_key":      "ak_right",
		"max_retries":       10,
		"request_timeout":   "30s",
	}
	s.step(s.add("api_secret", args{}), creates, 0)
}

func TestEmptyCountsAsUnset(t *testing.T) {
	t.Parallel()
	s := newFixture(t, emulator.Options{UserAPIKey: "ak_right"}).session()
	s.setenvs(map[string]string{
		"INTEGRATOR_ENVIRONMENT":  "",
		"INTEGRATOR_USER_API_KEY": "ak_right",
	})
	for _, name := range []string{"endpoint", "environment", "integrator_key", "integrator_secret", "user_api_key", "request_timeout"} {
		s.settings[name] = ""
	}
	s.step(s.add("api_secret", args{}), creates, 0)
}

// unknownSettings configures the provider with values that are known only once
// a resource has been created.
func (f *fixture) unknownSettings() string {
	return providerBlock(`
		endpoint          = terraform_data.platform.output.endpoint
		environment       = terraform_data.platform.output.environment
		integrator_key    = terraform_data.platform.output.key
		integrator_secret = terraform_data.platform.output.secret
		user_api_key      = terraform_data.platform.output.bearer
		max_retries       = terraform_data.platform.output.retries
		request_timeout   = terraform_data.platform.output.timeout`) + fmt.Sprintf(`
		resource "terraform_data" "platform" {
			input = {
				endpoint    = %q
				environment = "sandbox"
				key         = %q
				secret      = %q
				bearer      = "ak_right"
				retries     = 0
				timeout     = "30s"
			}
		}`+"\n", f.URL(), f.Key(), f.Secret())
}

// A resource can be planned while the settings are unknown, and the apply uses their
// values. Until then the provider does not take an unknown endpoint for production.
func TestUnknownSettingsAreLeftToApply(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{UserAPIKey: "ak_right"})
	f.setenv("INTEGRATOR_ENDPOINT", "")
	var sentByPlan int
	f.terraform(resource.TestStep{
		Config: f.unknownSettings() + secretResource(`old_secret_valid_for_seconds = 300`) + `
			data "integrator_profile" "test" {
				depends_on = [terraform_data.platform]
			}`,
		ConfigPlanChecks: preApply(
			meanwhile(func() { sentByPlan = len(f.Requests()) }),
			action(plancheck.ResourceActionCreate),
			plancheck.ExpectResourceAction("data.integrator_profile.test", plancheck.ResourceActionRead)),
		ConfigStateChecks: []statecheck.StateCheck{
			stored("secret", f.newestSecret()),
			statecheck.ExpectKnownValue("data.integrator_profile.test", tfjsonpath.New("integrator_key"), knownvalue.StringExact(f.Key())),
			f.rotated(300),
		},
	})
	if sentByPlan != 0 {
		t.Errorf("the plan sent %d requests", sentByPlan)
	}
}

// TestOtherTypesNeedTheProviderConfigured has a case of it on a real Terraform.
func TestUnknownSettingsAreAnErrorInDataSources(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.unknown = []string{"endpoint", "environment", "integrator_key", "integrator_secret", "user_api_key", "max_retries", "request_timeout"}
	ok := s.read("profile")
	s.expectError(ok, "The provider is not configured yet",
		"The provider's integrator_key is known only after apply", "depends_on", "terraform apply -target")
	s.expectNothingSent()
}

// With -allow-deferral, what cannot be read yet is put off.
func TestUnknownSettingsDeferDataSources(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{"profile", "webhooks"} {
		s := newSession(t)
		s.deferring, s.unknown = true, []string{"integrator_secret"}
		if !s.read(typeName) || len(s.told) > 0 {
			t.Errorf("%s is not deferred: %v", typeName, s.told)
		}
		s.expectNothingSent()
	}
}
