// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import "testing"

// The API revokes the secret between a plan and its apply. Terraform plans again in
// the apply, after it has deleted the old object of a replacement. An error of that
// second plan would leave an empty state.
func TestSecretDiesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[1:] {
		for _, tainted := range []bool{false, true} {
			for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
				if tainted && !rotation.replace {
					continue // a tainted object is replaced
				}
				name := rotation.name + "/" + refresh
				if tainted {
					name += "/tainted"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					secretDies(t, rotation, refresh, tainted)
				})
			}
		}
	}
}

// secretDies has the secret die after a plan, applies the plan, and mends it.
func secretDies(t *testing.T, rotation rotation, refresh string, tainted bool) {
	t.Helper()
	f := newFixture(t)
	old := rotation.prepare(f)
	args := rotation.args()
	if tainted {
		f.terraform("taint", address).has(0)
		args = nil
	}
	f.plan(append(args, refresh, "-out=saved.plan")...).has(2)
	f.Revoke(f.Secret())

	failed := f.terraform("apply", "saved.plan")
	failed.has(1, "Nothing was changed")
	if rotation.replace || f.tellsOfApplying() {
		failed.has(1, "The API secret was not rotated", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
	} else { // nothing is lost yet if the plan fails in the apply
		failed.has(1, "The API accepts none of the secrets that could sign this rotation", "Get a live secret from the platform")
	}
	putBack := rotation.replace && !rotation.createFirst
	if putBack {
		failed.has(1, "The old secret was put back into the state", "terraform untaint")
	}
	if rotation.createFirst {
		failed.has(1, "create_before_destroy", "rotate in place with rotate_when_changed")
	} else {
		failed.lacks("create_before_destroy")
	}
	f.stores(old, tainted || putBack)

	f.env["INTEGRATOR_SECRET"] = f.Rotate(0)
	f.apply(args...).has(0)
	f.stores(f.newest(), false)
	f.plan().has(0, "No changes")
}

// A pipeline is still configured with its first secret, which the first apply has
// invalidated. The state has the live one.
func TestTheConfiguredSecretMayDie(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[1:] {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			configured := f.env["INTEGRATOR_SECRET"]
			old := rotation.prepare(f)
			f.env["INTEGRATOR_SECRET"] = configured

			f.plan().lacks("Warning: The API", "Error:")
			if rotation.createFirst {
				f.apply(rotation.args()...).has(1, "The API secret was not rotated", "create_before_destroy", "Set it to the secret in state, or rotate in place")
				f.stores(old, false)
				f.sent(old + 1)
				f.plan().has(0, "No changes")
				return
			}
			f.apply(rotation.args()...).has(0)
			f.stores(old+1, false)
			f.plan().has(0, "No changes")
		})
	}
}
