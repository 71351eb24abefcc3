// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Two people, or two runs of CI, apply at once. The lock on the state decides
// who rotates.
func TestAppliesAtOnce(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)

	t.Run("the other waits and finds nothing to do", func(t *testing.T) {
		t.Parallel()
		one, other := newTeam(t, server)
		call := one.holdReply()
		first := rotation{}.start(one)
		call.wait()
		second := other.start("apply", waiting()...)
		second.says("Acquiring state lock")
		other.sent(2)
		call.release()

		first.wait().has(0, "1 changed")
		second.wait().has(0, "No changes")
		other.agrees(2)
	})
	t.Run("the other waits and rotates what the first has left", func(t *testing.T) {
		t.Parallel()
		one, other := newTeam(t, server)
		other.configure(resource{trigger: "3"})
		call := one.holdReply()
		first := rotation{}.start(one)
		call.wait()
		second := other.start("apply", waiting()...)
		second.says("Acquiring state lock")
		other.sent(2)
		call.release()

		first.wait().has(0, "1 changed")
		second.wait().has(0, "1 changed")
		if signer := other.signer(); signer != 2 {
			t.Errorf("secret %d signed, want that of the other apply", signer)
		}
		other.agrees(3)
	})
	t.Run("the other does not wait", func(t *testing.T) {
		t.Parallel()
		one, other := newTeam(t, server)
		call := one.holdReply()
		first := rotation{}.start(one)
		call.wait()
		other.apply().has(1, "Error acquiring the state lock")
		other.sent(2)
		call.release()

		first.wait().has(0, "1 changed")
		other.apply().has(0, "No changes")
		other.agrees(2)
	})
	t.Run("whoever comes first", func(t *testing.T) {
		t.Parallel()
		one, other := newTeam(t, server)
		first, second := one.start("apply", waiting()...), other.start("apply", waiting()...)
		rotated := 0
		for _, result := range []result{first.wait(), second.wait()} {
			result.has(0)
			if strings.Contains(result.text, "1 changed") {
				rotated++
			}
		}
		if rotated != 1 {
			t.Errorf("%d of the two rotated", rotated)
		}
		other.agrees(2)
	})
}

// waiting are the arguments of an apply that waits for the lock.
func waiting() []string {
	return []string{"-input=false", "-auto-approve", "-lock-timeout=" + patience.String()}
}

// newTeam returns two workspaces for one integrator and one state, which is in
// a database. Both are about to rotate the secret in it, which is the second.
func newTeam(t *testing.T, server *postgres) (one, other *workspace) {
	t.Helper()
	one = newWorkspace(t)
	one.env["PG_CONN_STR"] = server.newDatabase(t)
	one.env["TF_CLI_CONFIG_FILE"] = one.install()
	other = &workspace{Server: one.Server, t: t, folder: t.TempDir(), env: maps.Clone(one.env)}
	other.env["TF_LOG_PATH"] = other.path("trace.log")
	t.Cleanup(other.expectNoLeak)
	for _, w := range []*workspace{one, other} {
		w.write("backend.tf", "terraform {\n  backend \"pg\" {}\n}\n")
		w.configure(resource{})
		w.terraform("init", "-input=false").has(0)
	}
	one.apply().has(0)
	one.configure(resource{trigger: "2"})
	other.configure(resource{trigger: "2"})
	return one, other
}

// install makes the provider one that terraform init finds, which a backend
// needs, and returns the CLI configuration for that.
func (w *workspace) install() string {
	w.t.Helper()
	built := filepath.Join(filepath.Dir(os.Getenv("TF_CLI_CONFIG_FILE")), "terraform-provider-integrator")
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := w.path(filepath.Join("mirror", registry, "integrator", "integrator", "0.0.1", runtime.GOOS+"_"+runtime.GOARCH))
		err := os.MkdirAll(folder, 0o700)
		if err == nil {
			err = os.Link(built, filepath.Join(folder, "terraform-provider-integrator_v0.0.1"))
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", w.path("mirror")))
	return w.path("cli.tfrc")
}

// agrees checks that there have been so many rotations, and that the state in
// the backend holds the newest secret.
func (w *workspace) agrees(rotations int) {
	w.t.Helper()
	w.sent(rotations)
	cmd := exec.CommandContext(w.t.Context(), os.Getenv(cliVariable), "state", "pull")
	cmd.Dir = w.folder
	cmd.Env = os.Environ()
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	state, err := cmd.Output() // shows secrets, so that it is no run like others
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("terraform.tfstate", string(state))
	w.stores(rotations, false)
	w.plan().has(0, "No changes")
}
