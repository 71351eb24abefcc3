// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
	"time"
)

// The provider gets the same calls from terraform import and from an import block.
func TestRefusedImports(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.apiSecret(nil)
	refuse := func(id string, phrases ...string) {
		t.Helper()
		s.expectError(s.importID(secret, id), phrases...)
		if secret.object != nil {
			t.Error("something is in the state")
		}
	}
	refuse("int_another", `The import names "int_another"`, "terraform import <address> "+s.Key())
	s.expectNothingSent()
	s.Rotate(0)
	refuse(s.Key(), "The secret cannot be imported", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
}

// An import cannot tell that a secret is an older one, in its grace period. Once it has
// expired, the newer one takes its place without a rotation, as soon as it is configured.
func TestImportOfAnOlderSecret(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	older := s.Secret()
	newer := s.Rotate(5 * time.Minute)
	s.setenv(configured, older)
	secret := s.add("api_secret", args{"old_secret_valid_for_seconds": 300})
	if !s.importID(secret, s.Key()) {
		t.Fatalf("the import failed: %v", s.told)
	}
	s.mustApply()
	if secret.object.Value.Text("secret") != older {
		t.Error("the older secret is not in the state")
	}

	s.Revoke(older)
	s.mustPlan()
	s.expectTold("Warning: The API does not accept the secret in state", 1)
	s.setenv(configured, newer)
	s.mustApply()
	if secret.object.Value.Text("secret") != newer {
		t.Error("the newer secret is not in the state")
	}
	s.expectRotations(0)
}

// Terraform generates a configuration that has null for all arguments. The first
// rotation in place warns of the grace period that is not there.
func TestRotationOfAGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.add("api_secret", args{grace: nil, "rotate_when_changed": nil, "rotate_after_days": nil, "recipients": nil})
	if !s.importID(secret, s.Key()) {
		t.Fatalf("the import failed: %v", s.told)
	}
	s.mustApply()
	s.expectTold("Warning", 0)
	for _, rotates := range []int{0, 1} { // adding the map is no rotation
		secret.rotate()
		s.mustPlan()
		s.expectTold("Warning", rotates)
		s.expectTold(endsAtOnce, rotates)
		s.mustApply()
		s.expectRotations(rotates)
	}
}
