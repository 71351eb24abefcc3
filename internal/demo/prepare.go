// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/integrator/terraform-provider-integrator/examples"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// providerVersion can be any version that Terraform takes, which 0.0.0 is not.
const providerVersion = "0.0.1"

// prepare finds the CLI, builds the provider for it and writes the configuration.
func prepare(ctx context.Context, folder string, story *story, path string) (*cli, error) {
	found, version, err := find(ctx, path, folder, story)
	if err != nil {
		return nil, err
	}
	mirror, err := terraform.NewMirror(folder, version)
	if err != nil {
		return nil, err
	}
	configuration := filepath.Join(folder, "configuration")
	if err := writeExample(configuration); err != nil {
		return nil, err
	}
	cli, err := newCLI(found.Path, configuration, mirror)
	if err != nil {
		return nil, err
	}
	story.fact("Terraform", "%s %s (%s)", cli.name, version.Number, found.Path)

	story.fact("provider", "building it from this source tree …")
	start := time.Now()
	binary := mirror.Binary("integrator", "integrator", providerVersion)
	if err := terraform.Build(ctx, binary, terraform.Module); err != nil {
		return nil, fmt.Errorf("building the provider: %w", err)
	}
	story.fact("", "built in %s", time.Since(start).Round(100*time.Millisecond))
	return cli, nil
}

// writeExample writes the published example, as it is, into a new folder.
func writeExample(folder string) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	const name = "resources/integrator_api_secret/resource.tf"
	content, err := fs.ReadFile(examples.FS(), name)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, path.Base(name)), content, 0o600)
}
