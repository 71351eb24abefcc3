// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// cli runs Terraform as its users do: by hand, and with the built provider,
// which is another process in every plan and every apply. It sees what
// plugin-testing hides. Its clock is the real one.
type cli struct {
	*emulator.Server
	terraform.CLI
	t      *testing.T
	folder string
	env    []string
}

// newCLI prepares a folder for a configuration.
func newCLI(t *testing.T, options emulator.Options, config string) *cli {
	t.Helper()
	terraformCLI := terraform.Require(t)
	if err := installProvider(); err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c := &cli{Server: server, CLI: terraformCLI, t: t, folder: t.TempDir(), env: []string{
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
	if err := os.WriteFile(filepath.Join(c.folder, "main.tf"), []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// terraform runs a command, which is to end with this exit code, and returns
// what it printed.
func (c *cli) terraform(exitCode int, command string, args ...string) string {
	c.t.Helper()
	args = append([]string{command, "-no-color"}, args...)
	cmd := c.Command(c.t.Context(), c.folder, append(os.Environ(), c.env...), args...)
	output, got, err := terraform.Run(cmd)
	if err != nil {
		c.t.Fatal(err)
	}
	if got != exitCode {
		c.t.Fatalf("terraform %s: exit code %d, not %d\n%s", strings.Join(args, " "), got, exitCode, output)
	}
	return output
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

func (c *cli) stateFile() string { return filepath.Join(c.folder, "terraform.tfstate") }

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
	binary := mirror.Binary("integrator", "integrator", version)
	return terraform.Build(context.Background(), binary, terraform.Module, "-ldflags=-X main.version="+version)
})
