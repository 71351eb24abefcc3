// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package provider_test runs the provider through real Terraform, against the
// API emulator. It needs no network, no credentials and no TF_ACC.
package provider_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp(os.Getenv("TF_ACC_TEMP_DIR"), "acc")
	if err == nil {
		defer func() { _ = os.RemoveAll(folder) }()
		err = isolate(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	// The tests in this process have this folder as working directory. What the
	// provider writes beside a configuration must not land here.
	if _, err := os.Stat(".terraform"); err == nil {
		fmt.Fprintln(os.Stderr, "a test has made .terraform in the source tree: its provider needs Options.WorkingDir")
		return 1
	}
	return code
}

// isolate keeps the caller's Terraform settings and credentials away from the
// tests: TF_LOG, TF_CLI_ARGS, TF_DATA_DIR and the like. It does so in the
// environment of this process, which plugin-testing hands to Terraform. What is
// meant for plugin-testing itself stays. All files go to the folder.
func isolate(folder string) error {
	kept := terraform.Environment()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains(kept, variable) || strings.HasPrefix(name, "TF_ACC_") {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	if err := setenvs(map[string]string{
		"CHECKPOINT_DISABLE":        "1",
		"TF_ACC_TEMP_DIR":           folder,
		"TF_ACC_PROVIDER_NAMESPACE": "integrator", // as the published examples have it
	}); err != nil {
		return err
	}
	cli, err := terraform.Find()
	if err != nil {
		return nil // as a failure of each test that needs it
	}
	return chooseTerraform(cli, folder)
}

// What the tests run, and where it installs providers from. TestMain sets them.
var (
	cliVersion terraform.Version
	mirror     terraform.Mirror
)

// chooseTerraform has plugin-testing run this CLI, with a mirror in the folder.
func chooseTerraform(cli terraform.CLI, folder string) (err error) {
	if cliVersion, err = cli.Version(context.Background()); err != nil {
		return err
	}
	if mirror, err = terraform.NewMirror(folder, cliVersion); err != nil {
		return err
	}
	return setenvs(map[string]string{
		"TF_CLI_CONFIG_FILE":   mirror.Config,
		"TF_ACC_PROVIDER_HOST": cliVersion.Registry(),
		terraform.PathVariable: cli.Path,
	})
}

func setenvs(env map[string]string) error {
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
