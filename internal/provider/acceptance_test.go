// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package provider_test runs the provider through real Terraform, against the
// API emulator. It needs no network, no credentials and no TF_ACC.
package provider_test

import (
	"fmt"
	"os"
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
	for name, value := range map[string]string{
		"CHECKPOINT_DISABLE":        "1",
		"TF_CLI_CONFIG_FILE":        cliConfig,
		"TF_ACC_TEMP_DIR":           dir,
		"TF_ACC_PROVIDER_NAMESPACE": "integrator", // as the published examples have it
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
