// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"os"
	"testing"
)

// What the recovery folder does in a replacement whose Create is never called: the
// state is empty, and the configured secret has expired. Each of the folders is tried,
// and each grace period.
func TestADependencyFailsBetweenDeleteAndCreate(t *testing.T) {
	t.Parallel()
	for _, chosen := range []bool{false, true} {
		for _, grace := range []int{0, 300} {
			t.Run(fmt.Sprintf("chosen %t, grace %d", chosen, grace), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				if chosen {
					f.withRecovery()
				}
				depending := resource{trigger: "${terraform_data.first.id}", grace: grace, more: `
resource "terraform_data" "first" {
  provisioner "local-exec" {
    command = "test -e good"
  }
}`}
				f.configure(depending)
				f.write("good", "")
				f.apply().has(0)
				old := f.newest()
				if err := os.Remove(f.path("good")); err != nil {
					t.Fatal(err)
				}
				f.apply("-replace="+address, "-replace=terraform_data.first").has(1, "local-exec provisioner error")
				f.stores(none, false)
				f.sent(old)
				f.recovers(old)

				f.write("good", "")
				f.apply().has(0)
				f.stores(old+1, false)
				f.signedBy(old)
				f.plan().has(0, "No changes")
				f.recovers(none)
			})
		}
	}
}

// A destroy forgets the only copy of a live secret. The folder keeps it, for a new
// beginning.
func TestDestroyThenApply(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	f.terraform("destroy", "-auto-approve").has(0, "a sealed copy stays in the recovery folder")
	f.recovers(1)
	f.apply().has(0, "1 added")
	f.stores(2, false)
	f.signedBy(1)
	f.plan().has(0, "No changes")
	f.recovers(none)
}

// INTEGRATOR_SECRET that is no secret of the integrator must open nothing.
func TestADummySealsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	f.env["INTEGRATOR_SECRET"] = "dummy"
	f.configure(resource{trigger: "2"})
	f.apply().has(0)
	f.terraform("destroy", "-auto-approve").has(0, "Keep a copy if anything uses it")
	f.recovers(none)
}

// An object that is tainted straight after the apply that made it is replaced. Its
// secret is not taken for that of an interrupted rotation.
func TestTaintedStraightAfterAnApply(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[2:] {
		for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
			t.Run(rotation.name+"/"+refresh, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				rotation.prepare(f)
				made := f.newest()
				f.terraform("taint", address).has(0)
				f.apply(refresh).has(0)
				f.stores(made+1, false)
				f.plan().has(0, "No changes")
			})
		}
	}
}

// A machine with a day-old folder does not store its secret over the newer one of
// another machine.
func TestANewerSecretOfAnotherMachine(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withRecovery()
	f.configure(resource{grace: 3600, createFirst: true})
	f.apply().has(0)
	ci := f.env["INTEGRATOR_RECOVERY_DIR"]
	f.recovers(1)

	f.env["INTEGRATOR_RECOVERY_DIR"] = f.path("laptop")
	f.env["INTEGRATOR_SECRET"] = f.Secret()
	f.apply("-replace=" + address).has(0)
	f.stores(2, false)

	f.env["INTEGRATOR_RECOVERY_DIR"] = ci
	f.env["INTEGRATOR_SECRET"] = f.Secret()
	f.apply("-replace=" + address).has(0)
	f.stores(3, false)
	f.plan().has(0, "No changes")
	f.recovers(none)
}

// An import takes the configured secret, whatever the folder holds.
func TestImportTakesTheConfiguredSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	inPlace := rotation{}
	inPlace.prepare(f)
	inPlace.crash(f, crash{kill: killBeforeReply})
	f.terraform("state", "rm", address).has(0)
	f.env["INTEGRATOR_SECRET"] = f.Rotate(0)
	f.terraform("import", address, f.Key()).has(0)
	f.apply().has(0, "1 changed")
	f.stores(f.newest(), false)
	f.sent(2)
	f.plan().has(0, "No changes")
}
