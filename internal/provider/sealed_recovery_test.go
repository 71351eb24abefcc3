// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// An entry of the recovery folder that cannot be opened stops the rotation that it belongs to,
// until its secret is given. TestWaysPastASealedRecoveryFile has both ways.
func TestSealedRecoveryFile(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	c := newCLI(t, emulator.Options{}, secretResource(recipients(k)+trigger(1)))
	c.env = append(c.env, "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "recovery"))
	c.terraform(0, "apply", "-auto-approve")
	// As if Terraform had been killed before it stored the state: a provider that it ends
	// says in the entry that all went well.
	if err := os.Remove(c.stateFile()); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(c.folder, "recovery")
	for name, content := range storedBy(t, folder) {
		unsettled := strings.Replace(content, `"kind": "kept"`, `"kind": "made"`, 1)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(unsettled), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	failed := c.terraform(1, "apply", "-auto-approve")
	c.expect(failed, "An interrupted rotation cannot be completed", 1)
	c.expect(failed, "age -d -i key.txt", 1)
	c.env = append(c.env, "INTEGRATOR_AGE_IDENTITY="+k.identity)
	c.expect(c.terraform(0, "apply", "-auto-approve"), "An interrupted rotation was completed", 1)
	c.expectRotations(1)
	c.expect(c.terraform(0, "plan"), "No changes", 1)
}

// encryptedSecret adds a secret that is encrypted for a key, and sets recovery_dir.
func (s *session) encryptedSecret(k key, arguments args) *block {
	s.settings["recovery_dir"] = s.dir
	secret := s.apiSecret(arguments)
	secret.config["recipients"] = recipientsOf(k)
	return secret
}

// The error names the two ways to give the secret of the file.
func TestWaysPastASealedRecoveryFile(t *testing.T) {
	t.Parallel()
	for name, remedy := range map[string]func(s *session, k key){
		"age_identity": func(s *session, k key) { s.setenv(ageKey, k.identity) },
		"configured":   func(s *session, _ key) { s.setenv(configured, s.Secret()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			k := newKey(t)
			secret := s.encryptedSecret(k, args{grace: 300})
			s.mustApply()
			secret.object = nil // as if Terraform had been killed before it stored the state
			s.expectError(s.apply(), "An interrupted rotation cannot be completed")
			s.expectTold("An interrupted rotation cannot be completed", 1)
			s.expectTold("age -d -i key.txt", 1)
			remedy(s, k)
			s.mustApply()
			s.expectTold("An interrupted rotation was completed", 1)
			s.expectRotations(1)
			s.expectEncrypted(secret.object.Value, k)
			s.expectSettled()
		})
	}
}

// If the API accepts none of the secrets that the provider can decrypt, the plan
// names the entry that it cannot open, whatever the rotation is for.
func TestSealedRecoveryFileIsNamed(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]int{"same rotation": 2, "another rotation": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			k := newKey(t)
			secret := s.encryptedSecret(k, nil)
			s.mustApply()
			s.setenv(configured, s.Secret())
			s.mustPlan()
			s.killed(secret)
			for secret.rotations < next {
				secret.rotate()
			}
			const refused = "The API accepts none of the secrets that could sign this rotation"
			s.expectError(s.apply(), refused)
			s.expectTold(refused, 1)
			s.expectTold("one may be the live secret. Set the provider's age_identity", 2) // once by the refresh
			s.expectTold("age -d -i key.txt", 2)
			s.setenv(ageKey, k.identity)
			s.mustApply()
			if made := len(s.Secrets()) - 1; made != next { // the recovered one is the second
				t.Errorf("%d secrets were made, not %d", made, next)
			}
			s.expectEncrypted(secret.object.Value, k)
			s.expectSettled()
		})
	}
}

// A reply without a readable secret may still hold one in another form: it is kept,
// but encrypted.
func TestKeptReplyIsSealed(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.encryptedSecret(newKey(t), nil)
	s.Inject(onRotation(emulator.Fault{Rewrite: func(reply map[string]any) {
		reply["apiSecret"] = reply["secret"]
		delete(reply, "secret")
	}}))
	s.expectError(s.apply(), "The reply was kept, sealed. Look for the new secret in what this prints")
	s.expectTold("The reply was kept, sealed. Look for the new secret in what this prints", 1)
	s.expectTold("age -d -i key.txt", 1)
	if secret.object != nil {
		t.Error("a secret that could not be read is in the state")
	}
	files := storedBy(t, s.dir)
	if len(files) == 0 {
		t.Error("nothing was kept")
	}
	for name, content := range files {
		if strings.Contains(content, s.Secret()) {
			t.Errorf("%s holds the secret in plaintext", name)
		}
	}
}
