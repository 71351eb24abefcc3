// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const noSecret = ": Missing integrator_secret"

// A creation needs a secret that signs. Its plan only warns where it may be the one
// that is made again during apply, and the apply sends nothing.
func TestCreationWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for _, openTofu := range []bool{false, true} {
		s := newSession(t)
		s.openTofu = openTofu
		s.setenv(configured, "")
		b := s.apiSecret(nil)
		s.mustPlan()
		s.expectTold("Warning"+noSecret, 1)
		s.expectTold("Applying this plan would fail", 1)
		s.expectTold("The secret in use becomes invalid", 0)
		s.expectApplyFails("Error" + noSecret)
		s.expectTold("Nothing was sent", 1)
		s.expectNothingSent()
		if b.object != nil {
			t.Error("something is in the state")
		}
		s.setenv(configured, s.Secret())
		s.step(b, creates, 0)
	}
}

// A process that has read something makes a plan, which may fail.
func TestPlanOfACreationFails(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.settings["skip_recovery"] = true
	webhook := s.webhook()
	s.mustApply()
	s.setenv(configured, s.Secret())
	s.blocks = nil
	other := s.add(webhook.typeName[len("integrator_"):], webhook.config)
	other.object = webhook.object
	s.apiSecret(nil)
	s.setenv(configured, "")
	_, ok := s.plan() // the webhook cannot be read either
	s.expectError(ok, "The webhook was not read", "Missing integrator_secret", "terraform destroy -refresh=false")
	s.expectTold("Warning"+noSecret, 0)
}

// From the first apply on, the secret in state signs.
func TestEverythingElseWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for name, recovery := range map[string]bool{"with the recovery folder": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.settings["skip_recovery"] = !recovery
			b := s.apiSecret(nil)
			s.step(b, creates, 0)
			s.setenv(configured, "")
			s.mustPlan()
			s.expectTold("Warning", 0)
			b.rotate()
			s.step(b, rotates, 0, 0)
			b.replace = true
			s.step(b, replaces, 0, 0, 0)
			b.replace = false
			s.taint(b)
			s.step(b, replaces, 0, 0, 0, 0)
			if recovery {
				s.killed(b)
				s.step(b, rotates, 0, 0, 0, 0, 0)
			}
			s.destroy()
			s.expectTold("Warning: The API secret stays valid", 1)
			told := 0
			if recovery {
				told = 1
			}
			s.expectTold("No copy stays in the recovery folder", told)
		})
	}
}

// With create_before_destroy, nothing signs: the apply fails, and the object stays.
func TestCreateBeforeDestroyWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.created(nil)
	before := b.object.Value
	s.setenv(configured, "")
	b.replace, b.createFirst = true, true
	s.expectApplyFails("Error" + noSecret)
	s.expectTold("create_before_destroy", 1)
	s.expectRotations(1)
	if !b.object.Value.Equal(before) {
		t.Error("the old object is not in the state")
	}
	s.setenv(configured, s.Secret())
	s.step(b, replaces, 0, 0)
}

// The plan to replace a tainted secret tells that nothing can seal a copy of the old one.
func TestPlanOfAReplacementWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	const warning = "Warning: The old secret cannot be kept while it is replaced"
	s := newSession(t)
	secret := s.Secret()
	b := s.created(nil)
	s.taint(b)
	s.mustPlan()
	s.expectTold(warning, 0) // sealed with the one that is configured, which has expired
	s.setenv(configured, "")
	s.mustPlan()
	s.expectTold(warning, 1)
	s.expectTold("integrator_secret is not set", 1)
	s.setenv(configured, wrong)
	s.mustPlan()
	s.expectTold(warning, 1)
	s.expectTold("is not known to be one of this integrator's", 1)
	s.setenv(configured, secret)
	s.mustPlan()
	s.expectTold(warning, 0)
}

// An encrypted secret that cannot be opened does not sign.
func TestRotationWithoutAnythingThatSigns(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	b := s.created(args{"recipients": recipientsOf(k)})
	s.setenv(configured, "")
	s.mustPlan()
	s.expectTold("Warning", 0)
	b.rotate()
	_, ok := s.plan()
	s.expectError(ok, "Missing integrator_secret", "The secret in state is encrypted", "age_identity")
	s.expectRotations(1)
	s.setenv(ageKey, k.identity)
	s.mustApply()
	s.expectRotations(2)
}

// An import adopts the configured secret, so it has to be there until it is stored.
func TestImportWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for _, skip := range []bool{false, true} {
		s := newSession(t)
		s.settings["skip_credentials_validation"] = skip
		b := s.apiSecret(nil)
		s.setenv(configured, "")
		s.expectError(s.importID(b, s.Key()), "Missing integrator_secret", "import again")

		s.setenv(configured, s.Secret())
		if !s.importID(b, s.Key()) {
			t.Fatalf("the import failed: %v", s.told)
		}
		s.setenv(configured, "")
		s.mustApply()
		s.expectTold("Warning"+noSecret, 1)
		if !b.object.Value["secret"].IsNull() {
			t.Error("a secret is in the state")
		}
		s.setenv(configured, s.Secret())
		s.mustApply()
		expectText(t, "the secret in state", b.object.Value.Text("secret"), s.Secret())
		s.expectRotations(0)
	}
}

// The other types say what there is to do, and sign with what the same run has made.
func TestOtherTypesWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for name, command := range map[string]func(s *session) bool{
		"webhook": func(s *session) bool { s.webhook(); return s.apply() },
		"webhook secret": func(s *session) bool {
			s.add("webhook_secret", args{"secret_wo": "first", "secret_wo_version": 1})
			return s.apply()
		},
		"profile":      func(s *session) bool { return s.read("profile") },
		"webhooks":     func(s *session) bool { return s.read("webhooks") },
		"list":         func(s *session) bool { _, ok := s.queryWebhooks(); return ok },
		"access token": func(s *session) bool { _, ok := s.open("access_token", args{"user_api_key": "ak_demo"}); return ok },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.setenv(configured, "")
			s.expectError(command(s), "Nothing was sent", "Set integrator_secret (INTEGRATOR_SECRET)", "a second provider block", afterARotation)
			s.expectNothingSent()
		})
	}
	t.Run("after a rotation in the same run", func(t *testing.T) {
		t.Parallel()
		s := newSession(t)
		b := s.created(nil)
		s.setenv(configured, "")
		b.rotate()
		s.webhook()
		s.mustApply()
		if len(s.Webhooks()) != 1 {
			t.Error("no webhook was made")
		}
	})
}

const afterARotation = "/docs/guides/after-a-rotation"

// All of it on a real Terraform.
func TestNoConfiguredSecretOnARealTerraform(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(`rotate_when_changed = { a = 1 }`))
	with := c.env
	c.env = append(c.env, "INTEGRATOR_SECRET=")
	without := c.env
	c.expect(c.terraform(0, "plan"), "Warning"+noSecret, 1)
	c.expect(c.terraform(1, "apply", "-auto-approve"), "Error"+noSecret, 1)
	c.expect(c.terraform(1, "import", address, c.Key()), "Error"+noSecret, 1)
	c.expectRotations(0)

	c.env = with
	c.terraform(0, "apply", "-auto-approve")
	c.env = without
	c.terraform(0, "plan", "-detailed-exitcode")
	c.write(secretResource(`rotate_when_changed = { a = 2 }`))
	c.terraform(0, "apply", "-auto-approve")
	c.terraform(0, "apply", "-auto-approve", "-replace="+address)
	c.expectRotations(3)
	c.terraform(0, "taint", address)
	c.expect(c.terraform(0, "plan"), "Warning: The old secret cannot be kept while it is replaced", 1)
	c.write(secretResource("rotate_when_changed = { a = 2 }\nlifecycle { create_before_destroy = true }"))
	c.expect(c.terraform(1, "apply", "-auto-approve"), "Error"+noSecret, 1)
	c.expectRotations(3)
	c.env = append(slices.Clone(with), "INTEGRATOR_SECRET="+c.Secret())
	c.terraform(0, "apply", "-auto-approve")
	c.expectRotations(4)
}
