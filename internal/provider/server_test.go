// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Settle takes the state as stored only if nobody has interrupted the run. What an
// interrupted one has made is the outcome of the next apply.
func TestSettle(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end       func(s *session)
		rotations int
	}{
		"the run ends well": {func(*session) {}, 2},
		"StopProvider": {func(s *session) {
			if _, err := s.process.StopProvider(s.t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
				s.t.Fatal(err)
			}
		}, 1},
		"Ctrl-C": {func(s *session) { s.ctrlC = true }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			secret := s.created(args{grace: 300})
			test.end(s)
			s.process.Settle()
			secret.object = nil // as if the state had been lost
			s.mustApply()
			s.expectRotations(test.rotations)
		})
	}
}
