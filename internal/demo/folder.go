// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/integrator/terraform-provider-integrator/examples"
)

// The parts of the demo's temporary folder.
func configurationIn(dir string) string { return filepath.Join(dir, "configuration") }
func mirrorIn(dir string) string        { return filepath.Join(dir, "mirror") }
func cliConfigIn(dir string) string     { return filepath.Join(dir, "cli.tfrc") }

// furnish writes the published example, as it is, and a CLI configuration that
// knows no provider but those in the mirror: init needs no network then.
func furnish(dir string) error {
	if err := os.Mkdir(configurationIn(dir), 0o700); err != nil {
		return err
	}
	for _, name := range []string{
		"provider/provider.tf",
		"resources/integrator_api_secret/resource.tf",
		"data-sources/integrator_profile/data-source.tf",
	} {
		content, err := fs.ReadFile(examples.FS(), name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(configurationIn(dir), path.Base(name)), content, 0o600); err != nil {
			return err
		}
	}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirrorIn(dir))
	return os.WriteFile(cliConfigIn(dir), []byte(config), 0o600)
}
