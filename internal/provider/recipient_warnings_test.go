// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"
)

// A warning about recipients is said once in a run, in its plan or in its apply.
// TestRecipientWarnings has one of these on a real Terraform.
func TestEachWarningAboutRecipientsIsSaidOnce(t *testing.T) {
	t.Parallel()
	const (
		olderVersions = "Older state versions still hold the secret in plaintext"
		nextRotation  = "The recipients count from the next rotation"
		doesNotOpen   = "The provider's age_identity does not open the secret in state"
	)
	first, second := newKey(t), newKey(t)
	for name, tt := range map[string]struct {
		before, after []key
		unknown       []string // while planning
		rotates       bool
		identity      string
		warnings      []string
	}{
		"added":                    {after: []key{first}, warnings: []string{olderVersions}},
		"added, elements unknown":  {after: []key{first}, unknown: []string{"recipients.*"}, warnings: []string{olderVersions}},
		"added, all unknown":       {after: []key{first}, unknown: []string{"recipients"}, warnings: []string{olderVersions}},
		"changed":                  {before: []key{first}, after: []key{second}, warnings: []string{nextRotation}},
		"removed":                  {before: []key{first}, warnings: []string{nextRotation}},
		"another identity":         {before: []key{first}, after: []key{first}, identity: second.identity, warnings: []string{doesNotOpen}},
		"changed with a rotation":  {before: []key{first}, after: []key{second}, rotates: true, identity: first.identity},
		"unchanged, with identity": {before: []key{first}, after: []key{first}, identity: first.identity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			b := s.apiSecret(args{})
			configure := func(keys []key) {
				b.config["recipients"] = nil
				if keys != nil {
					b.config["recipients"] = recipientsOf(keys...)
				}
			}
			configure(tt.before)
			s.mustApply()
			s.setenv(ageKey, tt.identity)
			configure(tt.after)
			if tt.rotates {
				b.rotate()
			}
			b.unknown = tt.unknown
			s.mustApply()
			s.expectNoComplaint()
			var told []string
			for _, d := range s.told {
				told = append(told, d.Summary)
			}
			if !slices.Equal(told, tt.warnings) {
				t.Errorf("told %q, not %q", told, tt.warnings)
			}
		})
	}
}
