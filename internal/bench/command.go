// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// environment is the caller's without what would change what Terraform or a
// provider does.
func environment() []string {
	env := []string{"CHECKPOINT_DISABLE=1"} // no call home
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "INTEGRATOR_") {
			env = append(env, variable)
		}
	}
	return env
}

// run runs a program to its end and returns what it printed, which is in the
// error as well.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, env
	// A killed Terraform leaves its providers behind, and a killed go command its
	// temporary folder. None of them takes long, and Ctrl-C reaches them anyway.
	cmd.Cancel = func() error { return nil }
	cmd.WaitDelay = 20 * time.Second
	output, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, output)
	}
	return string(output), nil
}
