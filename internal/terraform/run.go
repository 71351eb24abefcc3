// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Environment returns the environment of this process without the settings of
// Terraform and of the provider, and with variables, each of them NAME=value. A
// developer has those settings for other work, and they would change what the
// CLI and the provider do.
func Environment(variables ...string) []string {
	env := []string{"CHECKPOINT_DISABLE=1"} // Terraform asks nobody for updates
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "INTEGRATOR_") {
			env = append(env, variable)
		}
	}
	return append(env, variables...)
}

// Command returns a command of the CLI in a folder, to be run with [Run],
// [Output], or by hand.
func (c CLI) Command(ctx context.Context, folder string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, args...)
	cmd.Dir, cmd.Env = folder, env
	return cmd
}

// Run runs a command to its end. It returns what the command printed, to standard
// output and to standard error, and its exit code. It is no error if the command
// fails.
func Run(cmd *exec.Cmd) (output string, exitCode int, err error) {
	printed, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return "", 0, fmt.Errorf("%s: %w", cmd, err)
	}
	return string(printed), cmd.ProcessState.ExitCode(), nil
}

// Output runs a command that has to succeed, and returns what it printed to
// standard output. The error has all that the command printed.
func Output(cmd *exec.Cmd) (string, error) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", cmd, err, output, stderr.String())
	}
	return string(output), nil
}
