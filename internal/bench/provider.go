// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

const (
	version     = "0.0.1" // of the providers that are built here; Terraform takes any
	timeVersion = "0.14.2"
)

// provider is a provider that has been built.
type provider struct {
	name    string
	binary  string
	schema  string // a word in its schema
	sockets string // folder
}

// build builds this provider, the floor and the time provider. The CLI can
// install the first two from the mirror. The others are there for the first one
// to be compared with.
func build(ctx context.Context, folder string, mirror terraform.Mirror, flags []string) ([]provider, error) {
	ours := provider{"this provider", mirror.Binary("integrator", "integrator", version), "integrator_api_secret", folder}
	floor := provider{"floor", mirror.Binary("integrator", "floor", version), "floor_secret", folder}
	time := provider{"hashicorp/time " + timeVersion, filepath.Join(folder, "terraform-provider-time"), "time_rotating", folder}
	return []provider{ours, floor, time}, errors.Join(
		terraform.Build(ctx, ours.binary, terraform.Module, flags...),
		terraform.Build(ctx, floor.binary, terraform.Module+"/internal/bench/floor", flags...),
		terraform.BuildModule(ctx, time.binary, "github.com/hashicorp/terraform-provider-time", "v"+timeVersion, flags...),
	)
}

// renew copies the binary to other pages of memory before each round. A process
// starts up to a fifth faster from some pages than from others, and without this
// that would be the same in every round.
func (p provider) renew() error {
	content, err := os.ReadFile(p.binary)
	if err != nil {
		return err
	}
	renewed := p.binary + ".renewed"
	if err := os.WriteFile(renewed, content, 0o755); err != nil {
		return err
	}
	return os.Rename(renewed, p.binary)
}

// size is that of the binary in MiB.
func (p provider) size() (float64, error) {
	info, err := os.Stat(p.binary)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / (1 << 20), nil
}
