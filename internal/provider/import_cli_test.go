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

// A refresh alone does not store the secret after terraform import, also where it is
// applied.
func TestRefreshOnlyAdoptsNothing(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	c.terraform(0, "import", address, c.Key())
	c.terraform(0, "apply", "-refresh-only", "-auto-approve")
	stored := func() bool {
		t.Helper()
		state, err := os.ReadFile(c.stateFile())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(state), c.Secret())
	}
	if stored() {
		t.Error("apply -refresh-only stores the secret")
	}
	c.terraform(0, "apply", "-auto-approve")
	if !stored() {
		t.Error("the apply does not store the secret")
	}
	c.expectRotations(0)
}

// Terraform generates a configuration from the state that the import gives, which
// knows no grace period. So the first rotation warns of it, as of any that has none.
func TestGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	const block = "import {\n  to       = " + address + "\n  id       = \"int_demo\"\n%s}\n"
	importBlock := func(provider string) string { return strings.Replace(block, "%s", provider, 1) }
	c := newCLI(t, emulator.Options{}, importBlock("  provider = integrator\n"))
	c.terraform(0, "plan", "-generate-config-out=generated.tf")
	generated, err := os.ReadFile(filepath.Join(c.folder, "generated.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(generated), "old_secret_valid_for_seconds = 3") {
		t.Error("there is a grace period")
	}
	c.write(importBlock(""))
	if output := c.terraform(0, "apply", "-auto-approve"); !strings.Contains(output, "1 imported, 0 added") {
		t.Errorf("the apply printed\n%s", output)
	}
	c.expectRotations(0)
	c.expect(c.terraform(0, "plan", "-replace="+address), endsAtOnce, 0) // Terraform drops it here
	c.expect(c.terraform(0, "apply", "-auto-approve", "-replace="+address), endsAtOnce, 1)
	c.expectRotations(1)
}
