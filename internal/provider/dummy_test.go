// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"path/filepath"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// A rotation tells the state's history of all that could have signed it, a dummy
// included. Nothing may be sealed with that.
func TestADummySealsNothingAfterARotation(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.created(nil)
	s.setenv(configured, wrong)
	secret.rotate()
	s.mustApply()
	s.destroy()
	s.expectTold("a sealed copy stays", 0)
	copies, err := filepath.Glob(filepath.Join(s.workingDir, ".terraform", "integrator", "default", "*."+apisecret.New(wrong).Fingerprint()+".age"))
	if err != nil || len(copies) > 0 {
		t.Errorf("%d copies are sealed with a dummy (%v)", len(copies), err)
	}
}
