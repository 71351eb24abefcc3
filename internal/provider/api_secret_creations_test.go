// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// TestCreate has a creation with all arguments on a real Terraform.
func TestCreations(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		arguments               args
		grace                   int
		expiresAt, nextRotation string // "" for null
	}{
		"nothing set":   {arguments: args{}},
		"explicit zero": {arguments: args{"old_secret_valid_for_seconds": 0}},
		"everything set": {
			arguments: args{"old_secret_valid_for_seconds": 300, "rotate_when_changed": map[string]string{"a": "1"}, "rotate_after_days": 30},
			grace:     300, expiresAt: "2026-08-19T15:21:07.597Z", nextRotation: "2026-09-18T15:16:07Z",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			b := s.add("api_secret", tt.arguments)
			planned, stored := s.step(b, creates, tt.grace)
			s.expectUnknown(planned, "secret")
			for _, of := range []protocol.Attributes{planned, stored} {
				if of.Number("old_secret_valid_for_seconds") != int64(tt.grace) || of["old_secret_valid_for_seconds"].IsNull() {
					t.Error("not the grace period")
				}
			}
			expectText(t, "id", stored.Text("id"), s.Key())
			expectText(t, "integrator_key", stored.Text("integrator_key"), s.Key())
			expectText(t, "endpoint", stored.Text("endpoint"), s.URL())
			expectText(t, "old_secret_expires_at", stored.Text("old_secret_expires_at"), tt.expiresAt)
			expectText(t, "rotated_at", stored.Text("rotated_at"), started)
			expectText(t, "next_rotation_at", stored.Text("next_rotation_at"), tt.nextRotation)
			if version := stored.Number("version"); version != startedInUnix {
				t.Errorf("version %d", version)
			}
		})
	}
}

// A change of the grace period is stored, and counts from the next rotation.
func TestGracePeriodCountsAtTheNextRotation(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.add("api_secret", args{"old_secret_valid_for_seconds": 300})
	_, created := s.step(b, creates, 300)
	b.config = args{"old_secret_valid_for_seconds": 60, "rotate_when_changed": map[string]string{"a": "1"}}
	planned, stored := s.step(b, stores, 300)
	for _, of := range []protocol.Attributes{planned, stored} {
		if of.Number("old_secret_valid_for_seconds") != 60 {
			t.Error("the grace period is not planned and stored")
		}
		expectText(t, "old_secret_expires_at", of.Text("old_secret_expires_at"), "2026-08-19T15:21:07.597Z")
	}
	if stored.Text("secret") != created.Text("secret") {
		t.Error("the secret has changed")
	}
	b.config["rotate_when_changed"] = map[string]string{"a": "2"}
	_, stored = s.step(b, rotates, 300, 60)
	expectText(t, "old_secret_expires_at", stored.Text("old_secret_expires_at"), "2026-08-19T15:17:07.597Z")
}

// The reply is the only copy of the secret. Whatever else is wrong with it, the
// secret is stored. TestOddExpiry has one of these on a real Terraform.
func TestOddExpiries(t *testing.T) {
	t.Parallel()
	for name, expiry := range map[string]any{
		"not a time":   "soon",
		"a number":     1787149267,
		"years ahead":  "2126-08-19T15:21:07.597Z",
		"present null": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.Inject(onRotation(emulator.Fault{AfterProcessing: true, Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = expiry }}))
			_, stored := s.step(s.apiSecret(args{"old_secret_valid_for_seconds": 300}), creates, 300)
			if !stored["old_secret_expires_at"].IsNull() {
				t.Error("old_secret_expires_at is not null")
			}
		})
	}
}

// TestReplacement has two of these on a real Terraform.
func TestReplacements(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.apiSecret(args{"old_secret_valid_for_seconds": 300})
	graces := []int{300}
	s.step(b, creates, graces...)
	for i, how := range []struct{ taint, createFirst bool }{{true, false}, {true, true}, {false, false}, {false, true}} {
		s.clock.Advance(time.Hour)
		s.setenv(configured, s.Secret()) // create_before_destroy shows Create no other
		if how.taint {
			s.taint(b)
		}
		b.replace, b.createFirst = !how.taint, how.createFirst
		graces = append(graces, 300)
		planned, stored := s.step(b, replaces, graces...)
		s.expectUnknown(planned, "secret", "version")
		if version := stored.Number("version"); version != startedInUnix+int64(i+1)*3600 {
			t.Errorf("replacement %d: version %d", i, version)
		}
	}
}
