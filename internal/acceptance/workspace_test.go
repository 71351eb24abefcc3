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
)

// patience is how long a test waits for what has to happen before it gives up.
const patience = time.Minute

// address is that of the resource in every configuration.
const address = "integrator_api_secret.this"

// workspace is a folder with a configuration and a state, an API of its own,
// and the environment for the runs of Terraform in it.
type workspace struct {
	*emulator.Server
	t      *testing.T
	folder string
	env    map[string]string
	logs   []string // what the runs have printed: files that must not hold a secret
}

// newWorkspace returns a workspace whose environment configures the first
// secret, with a resource in the configuration and nothing in the state.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	server := startEmulator(t)
	w := &workspace{Server: server, t: t, folder: t.TempDir()}
	w.env = map[string]string{
		"INTEGRATOR_KEY":      server.Key(),
		"INTEGRATOR_SECRET":   server.Secret(),
		"INTEGRATOR_ENDPOINT": server.URL(),
		"TF_LOG":              "TRACE",
		"TF_LOG_PATH":         w.path("trace.log"),
	}
	w.configure(resource{})
	t.Cleanup(w.expectNoLeak)
	return w
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
func (w *workspace) withTrace(trace bool) *workspace {
	delete(w.env, "TF_LOG")
	if trace {
		w.env["TF_LOG"] = "TRACE"
	}
	return w
}

// traces waits until the trace holds some words.
func (w *workspace) traces(words string) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("%q in the trace", words), func() bool {
		content, err := os.ReadFile(w.env["TF_LOG_PATH"])
		return err == nil && strings.Contains(string(content), words)
	})
}

// withRecovery sets recovery_dir to a folder that does not exist yet.
func (w *workspace) withRecovery() *workspace {
	w.env["INTEGRATOR_RECOVERY_DIR"] = w.path("recovery")
	return w
}

// resource is what the configuration says of the resource.
type resource struct {
	trigger     string // of rotate_when_changed; "1" by default
	grace       int
	createFirst bool   // create_before_destroy
	more        string // HCL beside the resource
}

func (w *workspace) configure(r resource) {
	w.t.Helper()
	w.write("main.tf", fmt.Sprintf(`
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

func (w *workspace) write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) read(name string) string {
	w.t.Helper()
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(content)
}

func (w *workspace) path(name string) string { return filepath.Join(w.folder, name) }

// posts is how many requests for a new secret have arrived.
func (w *workspace) posts() int { return w.Count("POST", emulator.RegeneratePath) }

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
