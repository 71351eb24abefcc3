// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Module is the Go module of this provider, and the package of its command.
const Module = "github.com/integrator/terraform-provider-integrator"

// Build builds a command of this module into a binary. The flags are those of
// the go command. If GOCOVERDIR is set, as in "make cover", the binary writes there which
// statements it has executed when it ends, unless it is killed.
func Build(ctx context.Context, binary, pkg string, flags ...string) error {
	if os.Getenv("GOCOVERDIR") != "" {
		flags = append(slices.Clip(flags), "-cover", "-coverpkg="+Module+"/...")
	}
	return build(ctx, "", binary, pkg, []string{"build"}, flags)
}

// BuildTests builds the tests of a package of this module into a binary.
func BuildTests(ctx context.Context, binary, pkg string, flags ...string) error {
	return build(ctx, "", binary, pkg, []string{"test", "-c"}, flags)
}

// BuildModule builds another module's command into a binary. Unlike go install,
// it needs no network if Go has the module already.
func BuildModule(ctx context.Context, binary, module, version string, flags ...string) error {
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", module+"@"+version)
	output, err := Output(download)
	if err != nil {
		return err
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal([]byte(output), &downloaded); err != nil {
		return err
	}
	return build(ctx, downloaded.Dir, binary, ".", []string{"build"}, flags)
}

func build(ctx context.Context, module, binary, pkg string, command, flags []string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	folder := filepath.Dir(binary)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	// A stamp of the version control needs git, and a tree that git trusts.
	args := slices.Concat(command, []string{"-buildvcs=false", "-o", binary}, flags, []string{pkg})
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = module
	// The go command leaves its temporary folder behind if it is interrupted, and
	// its compilers as well if it is killed. So it is interrupted, and has its
	// temporary folder where the caller cleans up.
	cmd.Env = Environment("CGO_ENABLED=0", "GOTMPDIR="+folder)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	_, err = Output(cmd)
	return err
}
