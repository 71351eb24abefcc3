// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// standIn writes a program into a folder that prints something, whatever it is
// asked.
func standIn(t *testing.T, folder, name, prints string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for a CLI is a shell script")
	}
	path := filepath.Join(folder, name)
	script := "#!/bin/sh\nprintf '" + prints + "'\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFind(t *testing.T) {
	folder, named := t.TempDir(), standIn(t, t.TempDir(), "other", "")
	t.Setenv("PATH", folder)
	find := func(want string) {
		t.Helper()
		if found, err := terraform.Find(); found.Path != want || (err == nil) != (want != "") {
			t.Errorf("found %q and %v, want %q", found.Path, err, want)
		}
	}

	t.Setenv(terraform.PathVariable, "")
	find("")
	tofu := standIn(t, folder, "tofu", "")
	find(tofu)
	find(standIn(t, folder, "terraform", ""))
	t.Setenv(terraform.PathVariable, named)
	find(named)
	t.Setenv(terraform.PathVariable, "tofu")
	find(tofu)
	t.Setenv(terraform.PathVariable, named+"-not")
	find("") // and none that nobody asked for
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ prints, version, registry string }{
		{`Terraform v1.11.4\non linux_amd64\n`, "Terraform v1.11.4", "registry.terraform.io"},
		{`OpenTofu v1.12.0-beta1\non linux_amd64\n`, "OpenTofu v1.12.0-beta1", "registry.opentofu.org"},
		{`Warning: something\n\nTerraform v1.8.0\n`, "Terraform v1.8.0", "registry.terraform.io"},
	} {
		cli := terraform.CLI{Path: standIn(t, t.TempDir(), "cli", tt.prints)}
		version, err := cli.Version(t.Context())
		if err != nil {
			t.Errorf("%q: %v", tt.prints, err)
			continue
		}
		if version.String() != tt.version || version.Registry() != tt.registry {
			t.Errorf("%q is %s of %s, want %s of %s", tt.prints, version, version.Registry(), tt.version, tt.registry)
		}
		if newest := version.Number.Core().String(); !version.AtLeast(newest) || version.AtLeast("1.99") {
			t.Errorf("%s is not compared well", version)
		}
	}
	other := terraform.CLI{Path: standIn(t, t.TempDir(), "cli", "Vault v1.0.0")}
	if version, err := other.Version(t.Context()); err == nil {
		t.Errorf("another program passes for %s", version)
	}
}
