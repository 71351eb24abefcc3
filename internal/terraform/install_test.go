// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

const configuration = `
terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}
`

// use writes the configuration into a folder and runs a command of the CLI that
// has to succeed.
func use(t *testing.T, cli terraform.CLI, config string, args ...string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	output, exitCode, err := terraform.Run(cli.Command(t.Context(), folder, terraform.Environment("TF_CLI_CONFIG_FILE="+config), args...))
	if err != nil || exitCode != 0 {
		t.Fatalf("exit code %d, %v\n%s", exitCode, err, output)
	}
	return output
}

func TestMirror(t *testing.T) {
	t.Parallel()
	cli := terraform.Require(t)
	version, err := cli.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := terraform.NewMirror(t.TempDir(), version)
	if err != nil {
		t.Fatal(err)
	}
	if err := terraform.Build(t.Context(), mirror.Binary("integrator", "integrator", "1.2.3"), terraform.Module); err != nil {
		t.Fatal(err)
	}
	if output := use(t, cli, mirror.Config, "init", "-no-color"); !strings.Contains(output, "Installing integrator/integrator v1.2.3") {
		t.Errorf("the provider is not installed:\n%s", output)
	}
}

func TestOverride(t *testing.T) {
	t.Parallel()
	cli := terraform.Require(t)
	override, err := terraform.NewOverride(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if output := use(t, cli, override.Config, "validate", "-no-color"); !strings.Contains(output, "development overrides") {
		t.Errorf("the provider is not overridden:\n%s", output)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	override, err := terraform.NewOverride(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(override.Binary), "go-build*")); len(left) > 0 {
		t.Errorf("the build leaves %q", left)
	}
	var log bytes.Buffer
	plugin, err := terraform.Start(t.Context(), override.Binary, terraform.Environment("TF_LOG=TRACE"), &log)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := plugin.Schema(t.Context())
	if err != nil || !bytes.Contains(schema, []byte("integrator_api_secret")) {
		t.Errorf("the schema is %q, %v", schema, err)
	}
	if err := plugin.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if log.Len() == 0 {
		t.Error("the provider logs nothing")
	}
}

// A program that is no provider ends before it shakes hands.
func TestStartOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, prints := range []string{"", "hello", `1|6|unix|/a|netrpc|\n`} {
		if _, err := terraform.Start(t.Context(), standIn(t, t.TempDir(), "other", prints), nil, nil); err == nil || !strings.Contains(err.Error(), "handshake") {
			t.Errorf("%q was taken for a provider: %v", prints, err)
		}
	}
}
