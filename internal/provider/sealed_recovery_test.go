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

// If the API accepts none of the secrets that the provider can decrypt, the plan
// names the recovery file that it cannot decrypt, whatever the rotation is for.
func TestSealedRecoveryFileIsNamed(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]int{"same rotation": 2, "another rotation": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKey(t)
			config := func(n int) string {
				return secretResource(recipients(k) + strings.ReplaceAll(trigger(n), "300", "0"))
			}
			c := newCLI(t, emulator.Options{}, config(1))
			c.env = append(c.env, "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "recovery"))
			c.terraform(0, "apply", "-auto-approve")
			c.env = append(c.env, "INTEGRATOR_SECRET="+c.Secret())
			c.terraform(0, "plan")
			before, err := os.ReadFile(c.stateFile())
			if err != nil {
				t.Fatal(err)
			}
			c.write(config(2))
			c.terraform(0, "apply", "-auto-approve")
			// As if Terraform had been killed before it stored the state.
			if err := os.WriteFile(c.stateFile(), before, 0o600); err != nil {
				t.Fatal(err)
			}

			c.write(config(next))
			failed := c.terraform(1, "apply", "-auto-approve")
			c.expect(failed, "The API accepts none of the secrets that could sign this rotation", 1)
			c.expect(failed, "it may hold the live secret. Set the provider's identity", 2) // once by the refresh
			c.expect(failed, "jq -r .encrypted_secret", 2)
			c.env = append(c.env, "INTEGRATOR_IDENTITY="+k.identity)
			c.terraform(0, "apply", "-auto-approve")
			if made := len(c.Secrets()) - 1; made != next { // the recovered one is the second
				t.Errorf("%d secrets were made, not %d", made, next)
			}
			c.expect(c.terraform(0, "plan"), "No changes", 1)
		})
	}
}

// A reply without a readable secret may still hold one in another form: it is kept,
// but encrypted.
func TestKeptReplyIsSealed(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	c := newCLI(t, emulator.Options{}, secretResource(recipients(k)))
	c.env = append(c.env, "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "recovery"))
	c.Inject(onRotation(emulator.Fault{Rewrite: func(reply map[string]any) {
		reply["apiSecret"] = reply["secret"]
		delete(reply, "secret")
	}}))
	failed := c.terraform(1, "apply", "-auto-approve")
	c.expect(failed, "encrypted for the recipients: look for the new secret in what this prints", 1)
	c.expect(failed, "age -d -i key.txt", 1)
	for name, content := range storedBy(t, c.folder) {
		if strings.Contains(content, c.Secret()) {
			t.Errorf("%s holds the secret in the clear", name)
		}
	}
}
