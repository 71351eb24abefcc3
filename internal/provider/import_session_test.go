// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
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
