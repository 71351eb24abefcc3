// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
)

const (
	module      = "github.com/integrator/terraform-provider-integrator"
	version     = "0.0.1" // of what is built here; Terraform takes any
	timeVersion = "0.14.2"
)

// provider is a built one.
type provider struct {
	name    string
	binary  string
	schema  string // a word of its schema
	sockets string // folder
}

// build builds this provider and the floor into the mirror that Terraform
// installs from, and the time provider beside it. The first is the one that the
// others are there for.
func build(ctx context.Context, dir string, flags []string) ([]provider, error) {
	providers := []provider{
		{"this provider", mirrored(dir, "integrator"), "integrator_api_secret", dir},
		{"floor", mirrored(dir, "floor"), "floor_secret", dir},
		{"hashicorp/time " + timeVersion, filepath.Join(dir, "terraform-provider-time"), "time_rotating", dir},
	}
	for i, pkg := range []string{module, module + "/internal/bench/floor"} {
		// No VCS stamp: only one of them would get it.
		args := append([]string{"build", "-buildvcs=false", "-o", providers[i].binary}, flags...)
		if err := runGo(ctx, append(args, pkg)...); err != nil {
			return nil, err
		}
	}
	return providers, buildTime(ctx, providers[2].binary, flags)
}

// buildTime builds the time provider. Unlike "go install", this needs no network
// where Go has the module already.
func buildTime(ctx context.Context, binary string, flags []string) error {
	download, err := run(ctx, "", environment(), "go", "mod", "download", "-json", "github.com/hashicorp/terraform-provider-time@v"+timeVersion)
	if err != nil {
		return err
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(download), &module); err != nil {
		return err
	}
	return runGo(ctx, append([]string{"build", "-C", module.Dir, "-o", binary}, flags...)...)
}

func mirrorIn(dir string) string { return filepath.Join(dir, "mirror") }

// mirrored is where the mirror has a provider of this repository.
func mirrored(dir, name string) string {
	return filepath.Join(mirrorIn(dir), "registry.terraform.io", "integrator", name, version,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-"+name+"_v"+version)
}

func runGo(ctx context.Context, args ...string) error {
	_, err := run(ctx, "", append(environment(), "CGO_ENABLED=0"), "go", args...)
	return err
}

// renew puts the binary into other pages of memory: some are faster than others,
// by a fifth of a start, and would be so in every round.
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
