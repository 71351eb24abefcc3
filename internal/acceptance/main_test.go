// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestMain builds the provider once and points Terraform at it; the tests
// inherit the environment.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "integrator-acceptance-")
	if err == nil {
		err = prepare(folder)
	}
	// What is ignored here, as under nohup, Terraform would ignore too; what is
	// caught here is not inherited.
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func prepare(folder string) error {
	cli, err := findCLI()
	if err != nil {
		return err
	}
	build := exec.CommandContext(context.Background(), "go", "build", "-o", folder, "github.com/integrator/terraform-provider-integrator")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	// With an override and no other provider, Terraform needs no init.
	config := filepath.Join(folder, "cli.tfrc")
	content := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"integrator/integrator\" = %q\n  }\n}\n", folder)
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		return err
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "INTEGRATOR_") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	for name, value := range map[string]string{
		"CHECKPOINT_DISABLE": "1",
		"TF_CLI_ARGS":        "-no-color",
		"TF_CLI_CONFIG_FILE": config,
		cliVariable:          cli,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// cliVariable names the Terraform or OpenTofu to test with.
const cliVariable = "TF_ACC_TERRAFORM_PATH"

// cliVersion asks the CLI for its name and version, once.
var cliVersion = sync.OnceValues(func() (string, error) {
	output, err := exec.CommandContext(context.Background(), os.Getenv(cliVariable), "version").Output()
	return string(output), err
})

func (w *workspace) runs(cli string) bool {
	w.t.Helper()
	version, err := cliVersion()
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.HasPrefix(version, cli)
}

// openTofu reports whether the CLI is OpenTofu.
func (w *workspace) openTofu() bool { return w.runs("OpenTofu ") }

// tellsOfApplying reports whether the CLI lets the provider know that a plan is
// made during apply.
func (w *workspace) tellsOfApplying() bool { return !w.openTofu() && !w.runs("Terraform v1.8.") }

// findCLI takes the CLI that the environment names, or else what the PATH has.
func findCLI() (string, error) {
	if named := os.Getenv(cliVariable); named != "" {
		return named, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", errors.New("these tests need terraform or tofu on the PATH")
}
