// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package provider_test runs the provider through real Terraform, against the
// API emulator. It needs no network, no credentials and no TF_ACC.
package provider_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp(os.Getenv("TF_ACC_TEMP_DIR"), "acc")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		err = isolate(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// isolate keeps the caller's Terraform settings and credentials away from the
// tests: TF_LOG, TF_CLI_ARGS, TF_DATA_DIR and the like. What is meant for
// plugin-testing, TF_ACC_TERRAFORM_PATH above all, stays. All files go to dir.
func isolate(dir string) error {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		settings := strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TF_ACC_")
		if settings || strings.HasPrefix(name, "INTEGRATOR_") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	mirror, cliConfig := filepath.Join(dir, "mirror"), filepath.Join(dir, "cli.tfrc")
	if err := os.Mkdir(mirror, 0o700); err != nil {
		return err
	}
	installation := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror))
	if err := os.WriteFile(cliConfig, []byte(installation), 0o600); err != nil {
		return err
	}
	if err := setenvs(map[string]string{
		"CHECKPOINT_DISABLE":        "1",
		"TF_CLI_CONFIG_FILE":        cliConfig,
		"TF_ACC_TEMP_DIR":           dir,
		"TF_ACC_PROVIDER_NAMESPACE": "integrator", // as the published examples have it
	}); err != nil {
		return err
	}
	return chooseTerraform()
}

const openTofuRegistry = "registry.opentofu.org"

// chooseTerraform takes the Terraform on the machine, or OpenTofu where that is
// all there is or what TF_ACC_TERRAFORM_PATH names.
func chooseTerraform() error {
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		return nil
	}
	version, err := exec.CommandContext(context.Background(), path, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", path, err)
	}
	env := map[string]string{"TF_ACC_TERRAFORM_PATH": path}
	if strings.HasPrefix(string(version), "OpenTofu") {
		env["TF_ACC_PROVIDER_HOST"] = openTofuRegistry
	}
	return setenvs(env)
}

// openTofu reports whether the tests run OpenTofu.
func openTofu() bool { return os.Getenv("TF_ACC_PROVIDER_HOST") == openTofuRegistry }

func setenvs(env map[string]string) error {
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
