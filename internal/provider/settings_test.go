// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
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
func TestBadInputIsRefused(t *testing.T) {
	t.Parallel()
	const (
		swapped     = "looks like an API secret: the key, such as int_1a2b3c, is stored and shown in the clear"
		noHeader    = "has white space or characters outside ASCII"
		spaced      = "begins or ends with white space, often a line break from a file: wrap it in trimspace(…)"
		environment = "must be one of production, sandbox"
		duration    = "must be a Go duration between 1s and 15m0s, such as 30s or 2m"
	)
	type environ = map[string]string
	var steps []resource.TestStep
	f := newFixture(t, emulator.Options{})
	base := maps.Clone(f.env)

	refuse := func(env environ, config string, phrases ...string) {
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				f.setenvs(base)
				f.setenvs(env)
			},
			Config:      config,
			ExpectError: says(append([]string{"Error running pre-apply plan"}, phrases...)...),
		})
	}

	for _, tt := range []struct{ setting, variable, value, problem string }{
		{"integrator_key", "INTEGRATOR_KEY", "sk_test_123", swapped},
		{"integrator_key", "INTEGRATOR_KEY", "int_ 123", noHeader},
		{"integrator_key", "INTEGRATOR_KEY", "int_123\n", noHeader},
		{"integrator_secret", "INTEGRATOR_SECRET", "sk_test_123\n", spaced},
		{"integrator_secret", "INTEGRATOR_SECRET", " sk_test_123", spaced},
		{"integrator_secret", "INTEGRATOR_SECRET", "\ufeffsk_test_123", "begins or ends with the byte order mark U+FEFF, which nobody sees"},
		{"integrator_secret", "INTEGRATOR_SECRET", "sk_test_123\u200d", "begins or ends with the character U+200D, which nobody sees"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_123\n", spaced},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_123\u200b", "begins or ends with the zero-width space U+200B, which nobody sees"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_1\t23", noHeader},
		{"environment", "INTEGRATOR_ENVIRONMENT", "staging", environment},
		{"environment", "INTEGRATOR_ENVIRONMENT", "Production", environment},
		{"endpoint", "INTEGRATOR_ENDPOINT", "sandbox.spritz.finance", "must be an absolute URL such as https://sandbox.spritz.finance"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "http://sandbox.spritz.finance", "must use https; http is for a loopback host only"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "ftp://127.0.0.1", "must use https"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://me:word@example.com", "must not contain a user name or password"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/v1", "must not contain a path"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com?a=b", "must not contain a query"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/#a", "must not contain a fragment"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "~/recovery", "begins with ~, which only a shell expands: wrap it in pathexpand(…)"},
		{"identity", "INTEGRATOR_IDENTITY", "nonsense", "is neither an age identity (AGE-SECRET-KEY-1…) nor an SSH private key"},
	} {
		refuse(nil, providerBlock(fmt.Sprintf("%s = %q", tt.setting, tt.value))+secretResource(""),
			"Error: Invalid "+tt.setting, "The value of "+tt.setting+" "+tt.problem)
		env := environ{tt.variable: tt.value}
		if tt.setting == "environment" {
			env["INTEGRATOR_ENDPOINT"] = "" // which would override it
		}
		refuse(env, secretResource(""),
			"Error: Invalid environment variable "+tt.variable,
			"The environment variable "+tt.variable+", which stands in for "+tt.setting+", "+tt.problem)
	}

	for _, tt := range []struct{ setting, variable string }{
		{"integrator_key", "INTEGRATOR_KEY"},
		{"integrator_secret", "INTEGRATOR_SECRET"},
	} {
		for _, config := range []string{"", tt.setting + ` = ""`} {
			refuse(environ{tt.variable: ""}, providerBlock(config)+secretResource(""),
				"Error: Missing "+tt.setting, "Set "+tt.setting+" in the provider block, or the environment variable "+tt.variable)
		}
	}

	for _, tt := range []struct{ argument, problem string }{
		{"max_retries = -1", "Attribute max_retries value must be between 0 and 10, got: -1"},
		{"max_retries = 11", "Attribute max_retries value must be between 0 and 10, got: 11"},
		{`request_timeout = "soon"`, "The value of request_timeout " + duration},
		{`request_timeout = "30"`, "The value of request_timeout " + duration},
		{`request_timeout = "999ms"`, "The value of request_timeout " + duration},
		{`request_timeout = "16m"`, "The value of request_timeout " + duration},
	} {
		refuse(nil, providerBlock(tt.argument)+secretResource(""), tt.problem)
	}
	for _, tt := range []struct{ argument, problem string }{
		{"old_secret_valid_for_seconds = -1", "Attribute old_secret_valid_for_seconds value must be between 0 and 3600, got: -1"},
		{"old_secret_valid_for_seconds = 3601", "Attribute old_secret_valid_for_seconds value must be between 0 and 3600, got: 3601"},
		{"old_secret_valid_for_seconds = 1.5", "old_secret_valid_for_seconds"},
		{"rotate_after_days = 0", "Attribute rotate_after_days value must be between 1 and 3650, got: 0"},
		{"rotate_after_days = 3651", "Attribute rotate_after_days value must be between 1 and 3650, got: 3651"},
		{"rotate_after_days = 0.5", "rotate_after_days"},
	} {
		refuse(nil, secretResource(tt.argument), tt.problem)
	}

	f.terraform(steps...)
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

func (f *fixture) setenvs(env map[string]string) {
	for name, value := range env {
		f.setenv(name, value)
	}
}

func TestConfigurationBeatsEnvironment(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{UserAPIKey: "ak_right"})
	f.setenvs(map[string]string{
		"INTEGRATOR_ENDPOINT":     unreachable,
		"INTEGRATOR_ENVIRONMENT":  "sandbox",
		"INTEGRATOR_KEY":          "int_wrong",
		"INTEGRATOR_SECRET":       "sk_test_wrong",
		"INTEGRATOR_USER_API_KEY": "ak_wrong",
	})
	f.terraform(resource.TestStep{
		Config: providerBlock(fmt.Sprintf(`
			endpoint          = %q
			environment       = "production"
			integrator_key    = %q
			integrator_secret = %q
			user_api_key      = "ak_right"
			max_retries       = 10
			request_timeout   = "30s"`, f.URL(), f.Key(), f.Secret())) + secretResource(""),
		ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret()), f.rotated(0)},
	})
}

func TestEmptyCountsAsUnset(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{UserAPIKey: "ak_right"})
	f.setenvs(map[string]string{
		"INTEGRATOR_ENVIRONMENT":  "",
		"INTEGRATOR_USER_API_KEY": "ak_right",
	})
	f.terraform(resource.TestStep{
		Config: providerBlock(`
			endpoint          = ""
			environment       = ""
			integrator_key    = ""
			integrator_secret = ""
			user_api_key      = ""
			request_timeout   = ""`) + secretResource(""),
		ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret()), f.rotated(0)},
	})
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

func TestUnknownSettingsAreAnErrorInDataSources(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.terraform(resource.TestStep{
		Config: f.unknownSettings() + `data "integrator_profile" "test" {}`,
		ExpectError: says("The provider is not configured yet",
			"The provider's integrator_key is known only after apply", "depends_on", "terraform apply -target"),
	})
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}
