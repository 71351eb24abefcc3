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
	f := newFixture(t)
	f.apply().has(0)
	elsewhere := f.Rotate(0)
	f.plan().has(0, "The API does not accept the secret in state", "Get a live secret from the platform", "it will be adopted")

	f.env["INTEGRATOR_SECRET"] = elsewhere
	f.plan().has(2, "will be updated in-place")
	f.apply().has(0, "1 changed")
	f.sent(1)
	f.stores(2, false)
	f.plan().has(0, "No changes")
}

func TestRotationElsewhereWithGraceIsReportedThenAdopted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	old := f.Secret()
	f.env["INTEGRATOR_SECRET"] = f.Rotate(time.Hour)
	f.plan().has(0, "The API accepts another secret beside the one in state", "from integrator_secret", "the next plan adopts the other one")
	f.apply().has(0)
	f.stores(1, false)

	f.Revoke(old) // the hour is over
	f.apply().has(0, "1 changed")
	f.sent(1)
	f.stores(2, false)
	f.plan().has(0, "No changes")
}

// destroys checks that the resource can be destroyed. A rotation is planned, so the
// first attempt fails and names the way that works.
func (f *fixture) destroys() {
	f.t.Helper()
	state := f.read("terraform.tfstate")
	f.terraform("destroy", "-auto-approve").has(1, "terraform destroy -refresh=false")
	f.terraform("destroy", "-auto-approve", "-refresh=false").has(0, "Destroy complete")
	f.write("terraform.tfstate", state)
	f.configure(resource{})
	f.terraform("destroy", "-auto-approve").has(0, "Destroy complete")
	f.stores(none, false)
}

// Nothing but a rotation needs a live secret.
func TestDeadSecretBlocksNothingElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	f.Rotate(0)
	unrelated := resource{more: `resource "terraform_data" "unrelated" {}`}
	f.configure(unrelated)
	f.apply().has(0, "The API does not accept the secret in state", "1 added, 0 changed")
	f.terraform("apply", "-refresh-only", "-auto-approve").has(0, "The API does not accept the secret in state")
	f.stores(1, false)
	unrelated.trigger = "2"
	f.configure(unrelated)
	f.destroys()
	f.sent(1)
}

// The plan adopts a secret that is no longer configured when it is applied.
func TestAdoptionOfASecretThatIsGone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	configured := f.env["INTEGRATOR_SECRET"]
	f.env["INTEGRATOR_SECRET"] = f.Rotate(0)
	f.plan("-out=saved.plan").has(2)
	f.env["INTEGRATOR_SECRET"] = configured
	f.terraform("apply", "saved.plan").has(1, "The secret to be adopted is gone", "Nothing was changed. Plan again.")
	f.stores(1, false)
	f.sent(1)
}

// The configured secret is older than the one in state. The API still accepts it,
// and does not accept the one in state, or not yet.
func TestSupersededSecretIsNotAdopted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.configure(resource{grace: 3600})
	f.apply().has(0)
	f.env["INTEGRATOR_SECRET"] = f.Secret()
	f.configure(resource{grace: 3600, trigger: "2"})
	f.apply().has(0)
	f.Revoke(f.Secret())

	f.plan().has(0, "The API does not accept the secret in state", "integrator_secret is this one or an older one, which is never adopted", "plan again in a minute")
	f.apply().has(0, "0 changed")
	f.stores(2, false)
	f.sent(2)
}

// moves configure the provider for another integrator or endpoint than that of the
// secret in state. They return the import command that the provider names.
func moves() map[string]func(f *fixture) string {
	return map[string]func(f *fixture) string{
		"another integrator": func(f *fixture) string {
			f.env["INTEGRATOR_KEY"] = "int_another"
			return "terraform import <address> int_another"
		},
		"another endpoint": func(f *fixture) string {
			f.env["INTEGRATOR_ENDPOINT"] = startEmulator(f.t).URL()
			return "terraform import <address> int_demo"
		},
	}
}

// The provider keeps the state of another integrator or endpoint and sends no
// request about it. It refuses to rotate it, and nothing else.
func TestStateOfAnother(t *testing.T) {
	t.Parallel()
	for name, move := range moves() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.apply().has(0)
			command := move(f)
			before := f.Count("", "")

			f.plan().has(0, "The secret belongs to another integrator or endpoint", "It was neither checked nor changed", command)
			f.apply().has(0, "0 changed")
			for _, createFirst := range []bool{false, true} {
				f.configure(resource{createFirst: createFirst})
				f.apply("-replace="+address).has(1, "The secret to be rotated belongs to another integrator or endpoint", "Nothing was sent", command)
			}
			f.terraform("apply", "-refresh-only", "-auto-approve").has(0)
			f.configure(resource{trigger: "2"})
			f.apply().has(1, "The secret to be rotated belongs to another integrator or endpoint", "Nothing was sent", command)
			f.stores(1, false)
			f.destroys()
			if n := f.Count("", "") - before; n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// The warning names the way to another endpoint, and that way works.
func TestMoveToAnotherEndpoint(t *testing.T) {
	t.Parallel()
	f, target := newFixture(t), newFixture(t)
	f.apply().has(0)
	target.folder = f.folder
	target.env["TF_LOG_PATH"] = f.env["TF_LOG_PATH"]

	target.plan().has(0, "To move on purpose: terraform state rm <address>, then terraform import <address> int_demo, then terraform apply.")
	target.terraform("state", "rm", address).has(0)
	target.terraform("import", address, target.Key()).has(0)
	target.apply().has(0, "1 changed")
	target.stores(0, false)
	target.sent(0)
	target.plan().has(0, "No changes")
}
