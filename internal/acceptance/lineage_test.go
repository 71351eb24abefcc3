// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"testing"
	"time"
)

func TestRotationElsewhereIsAdopted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.apply().has(0)
	elsewhere := w.Rotate(0)
	w.plan().has(0, "The API does not accept the secret in state", "Get a live secret from the platform", "it will be adopted")

	w.env["INTEGRATOR_SECRET"] = elsewhere
	w.plan().has(2, "will be updated in-place")
	w.apply().has(0, "1 changed")
	w.sent(1)
	w.stores(2, false)
	w.plan().has(0, "No changes")
}

func TestRotationElsewhereWithGraceIsReportedThenAdopted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.apply().has(0)
	old := w.Secret()
	w.env["INTEGRATOR_SECRET"] = w.Rotate(time.Hour)
	w.plan().has(0, "The API accepts another secret beside the one in state", "from integrator_secret", "the next plan adopts the other one")
	w.apply().has(0)
	w.stores(1, false)

	w.Revoke(old) // the hour is over
	w.apply().has(0, "1 changed")
	w.sent(1)
	w.stores(2, false)
	w.plan().has(0, "No changes")
}

// destroys checks that the resource can be destroyed, with the rotation that is
// planned by the way that its error names.
func (w *workspace) destroys() {
	w.t.Helper()
	state := w.read("terraform.tfstate")
	w.terraform("destroy", "-auto-approve").has(1, "terraform destroy -refresh=false")
	w.terraform("destroy", "-auto-approve", "-refresh=false").has(0, "Destroy complete")
	w.write("terraform.tfstate", state)
	w.configure(resource{})
	w.terraform("destroy", "-auto-approve").has(0, "Destroy complete")
	w.stores(none, false)
}

// Nothing but a rotation needs a live secret.
func TestDeadSecretBlocksNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.apply().has(0)
	w.Rotate(0)
	unrelated := resource{more: `resource "terraform_data" "unrelated" {}`}
	w.configure(unrelated)
	w.apply().has(0, "The API does not accept the secret in state", "1 added, 0 changed")
	w.terraform("apply", "-refresh-only", "-auto-approve").has(0, "The API does not accept the secret in state")
	w.stores(1, false)
	unrelated.trigger = "2"
	w.configure(unrelated)
	w.destroys()
	w.sent(1)
}

// What was to be adopted is no longer configured when the plan is applied.
func TestAdoptionOfASecretThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.apply().has(0)
	configured := w.env["INTEGRATOR_SECRET"]
	w.env["INTEGRATOR_SECRET"] = w.Rotate(0)
	w.plan("-out=saved.plan").has(2)
	w.env["INTEGRATOR_SECRET"] = configured
	w.terraform("apply", "saved.plan").has(1, "The secret to be adopted is gone", "Nothing was changed. Plan again.")
	w.stores(1, false)
	w.sent(1)
}

// The configured secret is one before the one in state, and still accepted,
// while the one in state is not (yet).
func TestSupersededSecretIsNotAdopted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(resource{grace: 3600})
	w.apply().has(0)
	w.env["INTEGRATOR_SECRET"] = w.Secret()
	w.configure(resource{grace: 3600, trigger: "2"})
	w.apply().has(0)
	w.Revoke(w.Secret())

	w.plan().has(0, "The API does not accept the secret in state", "integrator_secret is this one or an older one, which is never adopted", "plan again in a minute")
	w.apply().has(0, "0 changed")
	w.stores(2, false)
	w.sent(2)
}

// foreigners configure the provider for something else than what is in state,
// and return the import command that the provider names.
func foreigners() map[string]func(w *workspace) string {
	return map[string]func(w *workspace) string{
		"another integrator": func(w *workspace) string {
			w.env["INTEGRATOR_KEY"] = "int_another"
			return "terraform import <address> int_another"
		},
		"another endpoint": func(w *workspace) string {
			w.env["INTEGRATOR_ENDPOINT"] = startEmulator(w.t).URL()
			return "terraform import <address> int_demo"
		},
	}
}

// A state that is not the provider's is kept, nothing is asked about it, and
// only a rotation is refused.
func TestForeignState(t *testing.T) {
	t.Parallel()
	for name, foreign := range foreigners() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.apply().has(0)
			command := foreign(w)
			before := w.Count("", "")

			w.plan().has(0, "The secret belongs to another integrator or endpoint", "It was neither checked nor changed", command)
			w.apply().has(0, "0 changed")
			for _, createFirst := range []bool{false, true} {
				w.configure(resource{createFirst: createFirst})
				w.apply("-replace="+address).has(1, "The secret to be rotated belongs to another integrator or endpoint", "Nothing was sent", command)
			}
			w.terraform("apply", "-refresh-only", "-auto-approve").has(0)
			w.configure(resource{trigger: "2"})
			w.apply().has(1, "The secret to be rotated belongs to another integrator or endpoint", "Nothing was sent", command)
			w.stores(1, false)
			w.destroys()
			if n := w.Count("", "") - before; n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// The way to another endpoint that the warning names.
func TestMoveToAnotherEndpoint(t *testing.T) {
	t.Parallel()
	w, target := newWorkspace(t), newWorkspace(t)
	w.apply().has(0)
	target.folder = w.folder
	target.env["TF_LOG_PATH"] = w.env["TF_LOG_PATH"]

	target.plan().has(0, "To move on purpose: terraform state rm <address>, then terraform import <address> int_demo.")
	target.terraform("state", "rm", address).has(0)
	target.terraform("import", address, target.Key()).has(0)
	target.apply().has(0, "1 changed")
	target.stores(0, false)
	target.sent(0)
	target.plan().has(0, "No changes")
}
