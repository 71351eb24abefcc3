// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cli is the Terraform or OpenTofu to measure with.
type cli struct {
	path    string
	version string // with its name
	config  string // file
}

// findCLI takes the CLI that TF_ACC_TERRAFORM_PATH names, as the tests do, or
// else what the PATH has. It is to know no provider but those in the mirror.
func findCLI(ctx context.Context, dir string) (cli, error) {
	c := cli{path: os.Getenv("TF_ACC_TERRAFORM_PATH"), config: filepath.Join(dir, "cli.tfrc")}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil && c.path == "" {
			c.path = found
		}
	}
	if c.path == "" {
		return c, errors.New("this needs terraform or tofu on the PATH")
	}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirrorIn(dir))
	if err := os.WriteFile(c.config, []byte(config), 0o600); err != nil {
		return c, err
	}
	output, err := run(ctx, dir, c.environment(), c.path, "version")
	c.version, _, _ = strings.Cut(output, "\n")
	return c, err
}

func (c cli) environment() []string { return append(environment(), "TF_CLI_CONFIG_FILE="+c.config) }
