// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// patience is how long a test waits for what has to happen before it gives up.
const patience = time.Minute

// address is that of the resource in every configuration.
const address = "integrator_api_secret.this"

// fixture is a folder with a configuration and a state, an API of its own,
// and the environment for the runs of Terraform in it.
type fixture struct {
	*emulator.Server
	t      *testing.T
	cli    terraform.CLI
	folder string
	env    map[string]string
}

// newFixture returns a fixture whose environment configures the first
// secret, with a resource in the configuration and nothing in the state.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	cli := terraform.Require(t)
	server := startEmulator(t)
	f := &fixture{Server: server, t: t, cli: cli, folder: t.TempDir()}
	f.env = map[string]string{
		"INTEGRATOR_KEY":      server.Key(),
		"INTEGRATOR_SECRET":   server.Secret(),
		"INTEGRATOR_ENDPOINT": server.URL(),
		"TF_CLI_ARGS":         "-no-color",
		"TF_CLI_CONFIG_FILE":  built.Config,
		"TF_LOG":              "TRACE",
		"TF_LOG_PATH":         f.path("trace.log"),
	}
	f.configure(resource{})
	t.Cleanup(f.expectNoLeak)
	return f
}

func startEmulator(t *testing.T) *emulator.Server {
	t.Helper()
	server, err := emulator.Start(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// withTrace sets whether Terraform and the provider log all they can. They do
// by default, so that every test looks for secrets there.
func (f *fixture) withTrace(trace bool) *fixture {
	delete(f.env, "TF_LOG")
	if trace {
		f.env["TF_LOG"] = "TRACE"
	}
	return f
}

// traces waits until the trace holds some words.
func (f *fixture) traces(words string) {
	f.t.Helper()
	eventually(f.t, fmt.Sprintf("%q in the trace", words), func() bool {
		content, err := os.ReadFile(f.env["TF_LOG_PATH"])
		return err == nil && strings.Contains(string(content), words)
	})
}

// withRecovery sets recovery_dir to a folder that does not exist yet.
func (f *fixture) withRecovery() *fixture {
	f.env["INTEGRATOR_RECOVERY_DIR"] = f.path("recovery")
	return f
}

// withoutRecovery turns the recovery folder off.
func (f *fixture) withoutRecovery() *fixture {
	f.env["INTEGRATOR_SKIP_RECOVERY"] = "true"
	return f
}

// resource is what the configuration says of the resource.
type resource struct {
	trigger     string // of rotate_when_changed; "1" by default
	grace       int
	createFirst bool   // create_before_destroy
	more        string // HCL beside the resource
}

func (f *fixture) configure(r resource) {
	f.t.Helper()
	f.write("main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

resource "integrator_api_secret" "this" {
  old_secret_valid_for_seconds = %d
  rotate_when_changed          = { trigger = %q }

  lifecycle {
    create_before_destroy = %t
  }
}
%s`, r.grace, cmp.Or(r.trigger, "1"), r.createFirst, r.more))
}

func (f *fixture) write(name, content string) {
	f.t.Helper()
	if err := os.WriteFile(f.path(name), []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) read(name string) string {
	f.t.Helper()
	content, err := os.ReadFile(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(content)
}

func (f *fixture) path(name string) string { return filepath.Join(f.folder, name) }

// posts is how many requests for a new secret have arrived.
func (f *fixture) posts() int { return f.Count("POST", emulator.RegeneratePath) }

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
