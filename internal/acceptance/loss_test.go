// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import "testing"

// Without recovery_dir a crash loses the new secret. Nothing hangs, the next
// plan says what is wrong, and a live secret is the way out that it names.
func TestCrashWithoutRecovery(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			old := rotation.prepare(w)
			rotation.crash(w, crash{kill: killBeforeReply})
			left := rotation.left(w, crash{}, old)
			switch plan := w.plan(); {
			case left == none: // a new one is to be created
				plan.has(2, "The API does not accept integrator_secret", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
			case rotation.replace: // by hand, which the plan does not know of
				plan.has(0, "The API does not accept the secret in state", "Get a live secret from the platform", "it will be adopted")
			default:
				plan.has(1, "The API accepts none of the secrets that could sign this rotation", "Get a live secret from the platform", "Nothing was changed")
			}
			w.sent(w.newest())

			w.env["INTEGRATOR_SECRET"] = w.Secret()
			w.apply().has(0)
			w.stores(w.newest(), false)
			w.plan().has(0, "No changes")
		})
	}
}

// While the grace period lasts, the old secret still replaces the lost one.
func TestCrashWithoutRecoveryWithinTheGracePeriod(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(resource{grace: 300})
	w.apply().has(0)
	w.configure(resource{grace: 300, trigger: "2"})
	rotation{}.crash(w, crash{kill: killBeforeReply})

	w.apply().has(0)
	w.stores(3, false)
	w.sent(3)
	if signer := w.signer(); signer != 1 {
		t.Errorf("secret %d signed, want the one in state", signer)
	}
	w.plan().has(0, "No changes")
}
