// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Mirror is a folder from which the CLI installs providers in an init. It
// installs no others, so that no init needs the network.
type Mirror struct {
	Config string // file, for the variable TF_CLI_CONFIG_FILE

	providers string // folder
	registry  string // host
}

// NewMirror makes an empty mirror in a folder that exists, for this CLI.
func NewMirror(folder string, cli Version) (Mirror, error) {
	m := Mirror{
		Config:    filepath.Join(folder, "cli.tfrc"),
		providers: filepath.Join(folder, "mirror"),
		registry:  cli.Registry(),
	}
	if err := os.Mkdir(m.providers, 0o700); err != nil {
		return m, err
	}
	return m, writeConfig(m.Config, "filesystem_mirror", "path", m.providers)
}

// Binary returns the place of a provider in the mirror. Whoever adds a provider
// builds it into this file.
func (m Mirror) Binary(namespace, name, version string) string {
	folder := filepath.Join(m.providers, m.registry, namespace, name, version, runtime.GOOS+"_"+runtime.GOARCH)
	return executable(folder, "terraform-provider-"+name+"_v"+version)
}

// Override is this provider for a CLI that needs no init: it uses the binary
// itself, whatever version a configuration asks for.
type Override struct {
	Config string // file, for the variable TF_CLI_CONFIG_FILE
	Binary string // file
}

// NewOverride builds this provider into a folder.
func NewOverride(ctx context.Context, folder string) (Override, error) {
	o := Override{
		Config: filepath.Join(folder, "cli.tfrc"),
		Binary: executable(folder, "terraform-provider-integrator"),
	}
	if err := Build(ctx, o.Binary, Module); err != nil {
		return o, err
	}
	return o, writeConfig(o.Config, "dev_overrides", `"integrator/integrator"`, folder)
}

// writeConfig writes a CLI configuration with one way to install providers.
func writeConfig(file, method, argument, folder string) error {
	config := fmt.Sprintf("provider_installation {\n  %s {\n    %s = %q\n  }\n}\n", method, argument, filepath.ToSlash(folder))
	return os.WriteFile(file, []byte(config), 0o600)
}

func executable(folder, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}
