// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import "testing"

// Without a recovery folder a crash loses the new secret. Nothing hangs. The next plan
// says what is wrong, and that a live secret has to be configured.
func TestCrashWithoutRecovery(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).withoutRecovery()
			old := rotation.prepare(f)
			rotation.crash(f, crash{kill: killBeforeReply})
			left := rotation.left(f, crash{}, old)
			switch plan := f.plan(); {
			case left == none: // a new one is to be created
				plan.has(2, "The API does not accept integrator_secret", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
			case rotation.replace: // by hand, which the plan does not know of
				plan.has(0, "The API does not accept the secret in state", "Get a live secret from the platform", "it will be adopted")
			default:
				plan.has(1, "The API accepts none of the secrets that could sign this rotation", "Get a live secret from the platform", "Nothing was changed")
			}
			f.sent(f.newest())

			f.env["INTEGRATOR_SECRET"] = f.Secret()
			f.apply().has(0)
			f.stores(f.newest(), false)
			f.plan().has(0, "No changes")
		})
	}
}

// While the grace period lasts, the old secret still replaces the lost one.
func TestCrashWithoutRecoveryWithinTheGracePeriod(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withoutRecovery()
	f.configure(resource{grace: 300})
	f.apply().has(0)
	f.configure(resource{grace: 300, trigger: "2"})
	rotation{}.crash(f, crash{kill: killBeforeReply})

	f.apply().has(0)
	f.stores(3, false)
	f.sent(3)
	f.signedBy(1)
	f.plan().has(0, "No changes")
}
