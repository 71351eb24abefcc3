// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// configuredLate configures the provider with a key that is known only once a
// resource has been created.
func (f *fixture) configuredLate() string {
	return fmt.Sprintf(`
		resource "terraform_data" "key" { input = %q }
		provider "integrator" { integrator_key = terraform_data.key.output }
	`, f.Key())
}

// While the provider is not configured, the plan leaves resources to the apply.
func TestOtherResourcesAreLeftToApply(t *testing.T) {
	t.Parallel()
	leftToApply := func(t *testing.T, config string, action plancheck.PlanCheck, checks func(f *fixture) []statecheck.StateCheck) {
		f := newFixture(t, emulator.Options{})
		var sentByPlan int
		f.terraform(resource.TestStep{
			Config:            f.configuredLate() + config,
			ConfigPlanChecks:  preApply(meanwhile(func() { sentByPlan = len(f.Requests()) }), action),
			ConfigStateChecks: checks(f),
		})
		if sentByPlan != 0 {
			t.Errorf("the plan sent %d requests", sentByPlan)
		}
	}
	t.Run("webhook", func(t *testing.T) {
		t.Parallel()
		leftToApply(t, webhook(hookURL, "*"), hookAction(plancheck.ResourceActionCreate),
			func(f *fixture) []statecheck.StateCheck { return f.onlyWebhook(hookURL, "*") })
	})
	t.Run("webhook secret", func(t *testing.T) {
		t.Parallel()
		needs(t, writeOnlyArguments())
		leftToApply(t, webhookSecret("first", 1), secretAction(plancheck.ResourceActionCreate),
			func(f *fixture) []statecheck.StateCheck { return f.signed("first", 1) })
	})
}

// A plan cannot leave to the apply what it has to read or open.
func TestOtherTypesNeedTheProviderConfigured(t *testing.T) {
	t.Parallel()
	needed := []string{"The provider is not configured yet", "The provider's integrator_key is known only after apply",
		"depends_on", "terraform apply -target"}
	t.Run("on a real Terraform", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulator.Options{})
		f.terraform(resource.TestStep{Config: f.configuredLate() + allWebhooks, ExpectError: says(needed...)})
		f.expectNothingSent()
	})
	for name, command := range map[string]func(s *session) bool{
		"data source": func(s *session) bool { return s.read("webhooks") },
		"ephemeral resource": func(s *session) bool {
			_, ok := s.open("access_token", args{"user_api_key": "ak_demo"})
			return ok
		},
		"import": func(s *session) bool { return s.importID(s.webhook(), "wh_1") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.unknown = []string{"integrator_key"}
			s.expectError(command(s), needed...)
			s.expectNothingSent()
		})
	}
}

// Within a run, what depends on the rotation is signed with the new secret.
func TestOtherTypesFollowARotation(t *testing.T) {
	t.Parallel()
	follows := func(t *testing.T, configs ...string) *fixture {
		f := newFixture(t, emulator.Options{})
		all := secretResource(`old_secret_valid_for_seconds = 3600`)
		for _, config := range configs {
			all += config[:len(config)-2] + "depends_on = [" + address + "]\n}\n"
		}
		f.terraform(resource.TestStep{Config: all})
		rotated := false
		for _, request := range f.Requests() {
			switch {
			case request.Path == emulator.RegeneratePath:
				rotated = true
			case request.Method == http.MethodPost && (request.SignedWith != 1 || !rotated):
				t.Errorf("%s was signed with secret %d", request.Path, request.SignedWith)
			}
		}
		return f
	}
	t.Run("webhooks", func(t *testing.T) {
		t.Parallel()
		follows(t, webhook(hookURL, "*"), "data \"integrator_webhooks\" \"test\" {\n}\n").expectWebhooksAskedFor(1)
	})
	t.Run("webhook secret", func(t *testing.T) {
		t.Parallel()
		needs(t, writeOnlyArguments())
		follows(t, webhookSecret("first", 1)).expectSecretSent(1)
	})
}
