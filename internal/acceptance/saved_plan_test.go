// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import "testing"

// The secret dies between a plan and its apply. Terraform plans again in the
// apply, after it has deleted the old object of a replacement: an error there
// would leave an empty state.
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
					w := newWorkspace(t)
					old := rotation.prepare(w)
					args := rotation.args()
					if tainted {
						w.terraform("taint", address).has(0)
						args = nil
					}
					w.plan(append(args, refresh, "-out=saved.plan")...).has(2)
					w.Revoke(w.Secret())

					failed := w.terraform("apply", "saved.plan")
					failed.has(1, "Nothing was changed")
					if rotation.replace || w.tellsOfApplying() {
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
					w.stores(old, tainted || putBack)

					w.env["INTEGRATOR_SECRET"] = w.Rotate(0)
					w.apply(args...).has(0)
					w.stores(w.newest(), false)
					w.plan().has(0, "No changes")
				})
			}
		}
	}
}

// A pipeline keeps the secret that it was set up with, which died in the first
// apply. State has the live one.
func TestTheConfiguredSecretMayDie(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[1:] {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			configured := w.env["INTEGRATOR_SECRET"]
			old := rotation.prepare(w)
			w.env["INTEGRATOR_SECRET"] = configured

			w.plan().lacks("Warning: The API", "Error:")
			if rotation.createFirst {
				w.apply(rotation.args()...).has(1, "The API secret was not rotated", "create_before_destroy", "Set it to the secret in state, or rotate in place")
				w.stores(old, false)
				w.sent(old + 1)
				w.plan().has(0, "No changes")
				return
			}
			w.apply(rotation.args()...).has(0)
			w.stores(old+1, false)
			w.plan().has(0, "No changes")
		})
	}
}
