// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

func recipientsOf(keys ...key) (all []string) {
	for _, k := range keys {
		all = append(all, k.recipient)
	}
	return all
}

// expectEncrypted checks that a state has the API's newest secret only as
// ciphertext, for these keys.
func (s *session) expectEncrypted(stored protocol.Attributes, keys ...key) {
	s.t.Helper()
	if !stored["secret"].IsNull() {
		s.t.Error("the secret is in the state in plaintext")
	}
	expectText(s.t, "fingerprint", stored.Text("fingerprint"), apisecret.New(s.Secret()).Fingerprint())
	if err := s.sealed(keys...).CheckValue(stored.Text("encrypted_secret")); err != nil {
		s.t.Error(err)
	}
}

// The first recipients encrypt the secret in state, without a rotation. A change of
// recipients takes effect with the next rotation. TestRecipientsAreAddedAndChanged
// has some of it on a real Terraform.
func TestChangesOfRecipients(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	first, second := newKey(t), newKey(t)
	b := s.apiSecret(args{"old_secret_valid_for_seconds": 300})
	_, created := s.step(b, creates, 300)
	version := created.Number("version")
	for _, change := range []struct {
		recipients []string
		counts     bool // from the next rotation on
	}{
		{recipientsOf(first), false},
		{recipientsOf(second), true},
		{nil, true},
	} {
		b.config["recipients"] = nil
		if change.recipients != nil {
			b.config["recipients"] = change.recipients
		}
		s.mustPlan()
		told := slices.ContainsFunc(s.told, func(d protocol.Diagnostic) bool { return d.Summary == "The recipients count from the next rotation" })
		if told != change.counts {
			t.Errorf("says that the recipients count from the next rotation: %t", told)
		}
		_, stored := s.step(b, stores, 300)
		s.expectEncrypted(stored, first)
		if stored.Number("version") != version {
			t.Error("the version has changed")
		}
	}
	s.setenv("INTEGRATOR_AGE_IDENTITY", first.identity)
	b.config["recipients"] = recipientsOf(second)
	b.rotate()
	_, stored := s.step(b, rotates, 300, 300)
	s.expectEncrypted(stored, second)
}

// The configured secret is invalid, and the state has the newest only as ciphertext.
// TestEncryptedSecretRotatesUnattended has some of it on a real Terraform.
func TestRotationsForRecipients(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	first, second := newKey(t), newKey(t)
	s.setenv("INTEGRATOR_AGE_IDENTITY", first.identity)
	b := s.apiSecret(args{"old_secret_valid_for_seconds": 300})
	var graces []int
	for i, keys := range [][]key{{first, second}, {first, second}, {first}, {}} {
		s.clock.Advance(time.Hour)
		b.config["recipients"] = nil
		if len(keys) > 0 {
			b.config["recipients"] = recipientsOf(keys...)
		}
		b.rotate()
		graces = append(graces, 300)
		effect := rotates
		if i == 0 {
			effect = creates
		}
		planned, stored := s.step(b, effect, graces...)
		if len(keys) > 0 {
			s.expectUnknown(planned, "encrypted_secret", "fingerprint")
			if !planned["secret"].IsNull() {
				t.Error("a secret in plaintext is planned")
			}
			s.expectEncrypted(stored, keys...)
			continue
		}
		s.expectUnknown(planned, "secret", "fingerprint")
		if !planned["encrypted_secret"].IsNull() || !stored["encrypted_secret"].IsNull() {
			t.Error("a ciphertext is planned or stored")
		}
		expectText(t, "fingerprint", stored.Text("fingerprint"), apisecret.New(s.Secret()).Fingerprint())
	}
}

// Without an identity, the provider cannot tell what a ciphertext holds: a rotation
// says what it needs. With it, the secret in state is found dead, and the live one is
// adopted. TestEncryptedSecretWithoutIdentity has the rest on a real Terraform.
func TestCiphertextIsOpenedAgain(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	b := s.apiSecret(args{"old_secret_valid_for_seconds": 300, "recipients": recipientsOf(k)})
	_, created := s.step(b, creates, 300)
	ciphertext := created.Text("encrypted_secret")
	s.setenv(configured, s.Rotate(0))
	s.expectSettled()
	expectText(t, "the ciphertext", b.object.Value.Text("encrypted_secret"), ciphertext)

	s.Rotate(0)
	unchanged := b.config["rotate_when_changed"]
	b.rotate()
	_, ok := s.plan()
	s.expectError(ok, "accepts none of the secrets", "is encrypted and could not be opened", "INTEGRATOR_AGE_IDENTITY")

	s.setenv("INTEGRATOR_AGE_IDENTITY", k.identity)
	s.setenv(configured, s.Secret())
	b.config["rotate_when_changed"] = unchanged
	planned, stored := s.step(b, adopts, 300)
	if !planned["secret"].IsNull() || !planned["rotated_at"].IsNull() {
		t.Error("an adoption plans a secret in plaintext, or a rotation")
	}
	s.expectEncrypted(stored, k)
}

func TestImportIntoRecipientsStoresCiphertextOnly(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	b := s.add("api_secret", args{"recipients": recipientsOf(k)})
	if !s.importID(b, s.Key()) {
		t.Fatalf("the import failed: %v", s.told)
	}
	plan := s.mustPlan()
	planned := plan[0].planned.Value
	if plan[0].replaces || !planned["secret"].IsNull() {
		t.Error("no update is planned that leaves the secret out")
	}
	s.expectUnknown(planned, "encrypted_secret")
	if !s.carryOut(plan) {
		t.Fatalf("the apply failed: %v", s.told)
	}
	s.expectEncrypted(b.object.Value, k)
	s.expectRotations(0)
	s.expectSettled()
}

func TestEachBadRecipientIsNamed(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	secret := s.apiSecret(nil)
	for _, tt := range []struct{ recipients, says []string }{
		{[]string{k.recipient, "age1nonsense"}, []string{"Invalid recipient 2", "not a valid public key"}},
		{[]string{k.recipient, ""}, []string{"Invalid recipient 2", "neither an age public key"}},
		{[]string{k.identity}, []string{"Invalid recipient 1", "is a private key", "age-keygen -y"}},
	} {
		secret.config["recipients"] = tt.recipients
		_, ok := s.plan()
		s.expectError(ok, tt.says...)
	}
	s.expectNothingSent()
}
