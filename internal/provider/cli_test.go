// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// cli runs Terraform as its users do: by hand, and with the built provider,
// which is another process in every plan and every apply. It sees what
// plugin-testing hides. Its clock is the real one.
type cli struct {
	*emulator.Server
	t   *testing.T
	dir string
	env []string
}

// newCLI prepares a working directory for a configuration.
func newCLI(t *testing.T, options emulator.Options, config string) *cli {
	t.Helper()
	if err := installProvider(); err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c := &cli{Server: server, t: t, dir: t.TempDir(), env: []string{
		"INTEGRATOR_ENDPOINT=" + server.URL(),
		"INTEGRATOR_KEY=" + server.Key(),
		"INTEGRATOR_SECRET=" + server.Secret(),
		"INTEGRATOR_USER_API_KEY=" + options.UserAPIKey,
	}}
	c.write(config)
	c.terraform(0, "init")
	return c
}

func (c *cli) write(config string) {
	c.t.Helper()
	if !strings.Contains(config, "required_providers") {
		config = `terraform {
			required_providers {
				integrator = { source = "integrator/integrator" }
			}
		}` + "\n" + config
	}
	if err := os.WriteFile(filepath.Join(c.dir, "main.tf"), []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// terraform runs a command, which is to end with this exit code, and returns
// what it printed.
func (c *cli) terraform(exitCode int, command string, args ...string) string {
	c.t.Helper()
	args = append([]string{command, "-no-color"}, args...)
	cmd := exec.CommandContext(c.t.Context(), terraformPath(), args...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != exitCode {
		c.t.Fatalf("terraform %s: exit code %d, not %d\n%s", strings.Join(args, " "), got, exitCode, output.String())
	}
	return output.String()
}

func terraformPath() string {
	return cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform")
}

func (c *cli) rotations() int {
	return c.Count("POST", emulator.RegeneratePath)
}

// expectRotations checks how many rotations the API has been asked for so far.
func (c *cli) expectRotations(want int) {
	c.t.Helper()
	if got := c.rotations(); got != want {
		c.t.Errorf("the API was asked for %d rotations, not %d", got, want)
	}
}

// expect checks how often the output has a phrase, wherever its lines break.
func (c *cli) expect(output, phrase string, times int) {
	c.t.Helper()
	if got := len(says(phrase).FindAllString(output, -1)); got != times {
		c.t.Errorf("%q appears %d times, not %d, in\n%s", phrase, got, times, output)
	}
}

func (c *cli) stateFile() string { return filepath.Join(c.dir, "terraform.tfstate") }

// serial numbers the versions of the state.
func (c *cli) serial() int {
	c.t.Helper()
	content, err := os.ReadFile(c.stateFile())
	if err != nil {
		c.t.Fatal(err)
	}
	var state struct{ Serial int }
	if err := json.Unmarshal(content, &state); err != nil {
		c.t.Fatal(err)
	}
	return state.Serial
}

// installProvider builds the provider into the mirror that Terraform installs
// from, once for all tests.
var installProvider = sync.OnceValue(func() error {
	const version = "1.2.3"
	binary := executable(mirrored("integrator", "integrator", version), "terraform-provider-integrator_v"+version)
	_, err := runGo("", "build", "-ldflags=-X main.version="+version, "-o", binary, "github.com/integrator/terraform-provider-integrator")
	return err
})

// mirrored is where the mirror has this version of a provider.
func mirrored(namespace, name, version string) string {
	host := cmp.Or(os.Getenv("TF_ACC_PROVIDER_HOST"), "registry.terraform.io")
	return filepath.Join(os.Getenv("TF_ACC_TEMP_DIR"), "mirror", host, namespace, name, version, runtime.GOOS+"_"+runtime.GOARCH)
}

// executable is the path of one by this name.
func executable(dir, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name)
}

// runGo runs a go command and returns what it prints.
func runGo(dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, stderr.String())
	}
	return string(output), nil
}
