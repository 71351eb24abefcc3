// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

func TestEnvironment(t *testing.T) {
	t.Setenv("TF_LOG", "TRACE")
	t.Setenv("INTEGRATOR_SECRET", "of something else")
	t.Setenv("HARMLESS", "1")
	env := terraform.Environment("TF_CLI_CONFIG_FILE=file")
	for _, variable := range []string{"HARMLESS=1", "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE=file"} {
		if !slices.Contains(env, variable) {
			t.Errorf("the environment lacks %s", variable)
		}
	}
	for _, variable := range env {
		if strings.HasPrefix(variable, "TF_LOG=") || strings.HasPrefix(variable, "INTEGRATOR_") {
			t.Errorf("the environment still has %s", variable)
		}
	}
}

// failing prints a line to each output and exits with 3, by way of this binary.
func failing(t *testing.T) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), asFailing+"=1")
	return cmd
}

const asFailing = "TEST_AS_FAILING_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asFailing) != "" {
		_, _ = os.Stdout.WriteString("to standard output\n")
		_, _ = os.Stderr.WriteString("to standard error\n")
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	t.Parallel()
	output, exitCode, err := terraform.Run(failing(t))
	if err != nil || exitCode != 3 {
		t.Errorf("exit code %d, %v", exitCode, err)
	}
	if output != "to standard output\nto standard error\n" {
		t.Errorf("the output is %q", output)
	}
	if _, _, err := terraform.Run(exec.CommandContext(t.Context(), t.TempDir())); err == nil {
		t.Error("a folder was run")
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	_, err := terraform.Output(failing(t))
	if err == nil || !strings.Contains(err.Error(), "to standard output") || !strings.Contains(err.Error(), "to standard error") {
		t.Errorf("the error does not say what was printed: %v", err)
	}
}
