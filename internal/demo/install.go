// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const (
	module = "github.com/integrator/terraform-provider-integrator"

	// providerVersion is any that Terraform takes, and 0.0.0 is none.
	providerVersion = "0.0.1"
)

// installProvider builds the provider into the mirror.
func installProvider(ctx context.Context, dir string) error {
	terraformRegistry := filepath.Join(mirrorIn(dir), "registry.terraform.io")
	binary := filepath.Join(terraformRegistry, "integrator", "integrator", providerVersion,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-integrator_v"+providerVersion)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if err := build(ctx, dir, binary); err != nil {
		return err
	}
	// OpenTofu takes the example's source for one of its own registry.
	return os.CopyFS(filepath.Join(mirrorIn(dir), "registry.opentofu.org"), os.DirFS(terraformRegistry))
}

func build(ctx context.Context, dir, binary string) error {
	// No VCS stamp: it needs git, and a tree that git trusts.
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", binary, module)
	// On Ctrl-C, an interrupted go command leaves its temporary folder behind, and
	// a killed one its compilers as well.
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTMPDIR="+dir)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	return nil
}
