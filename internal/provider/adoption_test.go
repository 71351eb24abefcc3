// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A refresh has found that an adoption is due. The provider cancels it if the secret
// to adopt is no longer available, or if the one in state cannot be checked again.
func TestAnAdoptionThatIsDueIsTakenBack(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	for name, tt := range map[string]struct {
		arguments string
		identity  string // until the adoption is due
		provider  string // arguments from then on
		rotates   bool   // elsewhere, once more
	}{
		"another secret is configured": {provider: "skip_credentials_validation = true", rotates: true},
		"the identity is gone":         {arguments: recipients(k), identity: k.identity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, emulator.Options{}, secretResource(tt.arguments))
			c.env = append(c.env, "INTEGRATOR_IDENTITY="+tt.identity)
			c.terraform(0, "apply", "-auto-approve")
			c.env = append(c.env, "INTEGRATOR_SECRET="+c.Rotate(0))
			c.expect(c.terraform(0, "apply", "-refresh-only", "-auto-approve"), "The API does not accept the secret in state, but another one", 1)

			c.env = append(c.env, "INTEGRATOR_IDENTITY=")
			if tt.rotates {
				c.env = append(c.env, "INTEGRATOR_SECRET="+c.Rotate(0))
			}
			c.write(providerBlock(tt.provider) + secretResource(tt.arguments))
			c.expect(c.terraform(0, "apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed", 1)
			c.expectRotations(1)
		})
	}
}

// If a run completes an interrupted rotation, what depends on it is signed with the
// secret of that rotation.
func TestOtherTypesFollowAResumedRotation(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	c.env = append(c.env, "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "recovery"))
	c.terraform(0, "apply", "-auto-approve")
	// As if Terraform had been killed before it stored the state.
	if err := os.Remove(c.stateFile()); err != nil {
		t.Fatal(err)
	}
	c.write(secretResource("") + fmt.Sprintf(`
resource "integrator_webhook" "test" {
  url        = %q
  events     = ["*"]
  depends_on = [%s]
}`, hookURL, address))
	c.expect(c.terraform(0, "apply", "-auto-approve"), "An interrupted rotation was completed", 1)
	c.expectRotations(1)
	for _, request := range c.Requests() {
		if request.Path == emulator.WebhooksPath && request.Method == http.MethodPost && request.SignedWith != 1 {
			t.Errorf("the webhook was signed with secret %d", request.SignedWith)
		}
	}
}

// A resource in the state of another endpoint does not stop the creation of a
// second one.
func TestAForeignStateBlocksNoOther(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	c.terraform(0, "apply", "-auto-approve")
	elsewhere, err := emulator.Start(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(elsewhere.Close)
	c.env = append(c.env, "INTEGRATOR_ENDPOINT="+elsewhere.URL(), "INTEGRATOR_SECRET="+elsewhere.Secret())
	c.write(secretResource("") + fmt.Sprintf(`
resource "integrator_api_secret" "other" {
  old_secret_valid_for_seconds = 0
  depends_on                   = [%s]
}`, address))
	output := c.terraform(0, "apply", "-auto-approve")
	c.expect(output, "Warning: The secret belongs to another integrator or endpoint", 1)
	c.expect(output, "1 added, 0 changed, 0 destroyed", 1)
	c.expectRotations(1)
}
