// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// Two people, or two runs of CI, apply at once. The lock on the state decides
// who rotates.
func TestAppliesAtOnce(t *testing.T) {
	t.Parallel()
	terraform.Require(t)
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
		other.signedBy(2)
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

// newTeam returns two fixtures for one integrator and one state, which is in
// a database. Both are about to rotate the secret in it, which is the second.
func newTeam(t *testing.T, server *postgres) (one, other *fixture) {
	t.Helper()
	one = newFixture(t)
	one.env["PG_CONN_STR"] = server.newDatabase(t)
	one.env["TF_CLI_CONFIG_FILE"] = one.install()
	other = &fixture{Server: one.Server, t: t, cli: one.cli, folder: t.TempDir(), env: maps.Clone(one.env)}
	other.env["TF_LOG_PATH"] = other.path("trace.log")
	t.Cleanup(other.expectNoLeak)
	for _, f := range []*fixture{one, other} {
		f.write("backend.tf", "terraform {\n  backend \"pg\" {}\n}\n")
		f.configure(resource{})
		f.terraform("init", "-input=false").has(0)
	}
	one.apply().has(0)
	one.configure(resource{trigger: "2"})
	other.configure(resource{trigger: "2"})
	return one, other
}

// install puts the provider where terraform init finds it, since a backend needs
// an init, and returns the CLI configuration for that.
func (f *fixture) install() string {
	f.t.Helper()
	mirror, err := terraform.NewMirror(f.folder, f.version())
	if err != nil {
		f.t.Fatal(err)
	}
	binary := mirror.Binary("integrator", "integrator", "0.0.1")
	if err := os.MkdirAll(filepath.Dir(binary), 0o700); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Link(built.Binary, binary); err != nil {
		f.t.Fatal(err)
	}
	return mirror.Config
}

// agrees checks that there have been so many rotations, and that the state in
// the backend holds the newest secret.
func (f *fixture) agrees(rotations int) {
	f.t.Helper()
	f.sent(rotations)
	state, err := f.command("state", "pull").Output() // holds secrets, so it is not logged as other runs are
	if err != nil {
		f.t.Fatal(err)
	}
	f.write("terraform.tfstate", string(state))
	f.stores(rotations, false)
	f.plan().has(0, "No changes")
}
