// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// second is another resource for the same integrator.
const second = `
resource "integrator_api_secret" "second" {
  old_secret_valid_for_seconds = 60
}`

// Of two that are replaced at once, one is refused: it gets its old secret back.
func TestTwoReplacementsLeaveNoEmptyState(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.configure(resource{more: second})
	f.terraform("import", address, f.Key()).has(0)
	f.terraform("import", "integrator_api_secret.second", f.Key()).has(0)
	f.apply().has(0, "2 changed")

	f.apply("-replace="+address, "-replace=integrator_api_secret.second").has(1, "The API secret was rotated in this run already", "The old secret was put back into the state")
	f.sent(1)
	newest := 0
	for _, name := range []string{"this", "second"} {
		objects := f.objects(name)
		if len(objects) != 1 {
			t.Fatalf("%s has %d objects in the state", name, len(objects))
		}
		if f.number(objects[0].Attributes.Secret) == f.newest() {
			newest++
		}
	}
	if newest != 1 {
		t.Errorf("%d resources store the new secret", newest)
	}
}

// A resource that is only created does not get the old secret of a replaced one.
func TestAFailedCreateTakesNoSecretOfAnother(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	old := f.newest()
	f.configure(resource{more: second})
	refused := emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", "").On("POST", emulator.RegeneratePath)
	refused.Times = -1
	f.Inject(refused)

	f.apply("-replace="+address).has(1, "The old secret was put back into the state")
	f.stores(old, true)
}

// The error of a second rotation in a run is also true if the first one was lost.
func TestSecondRotationAfterALostOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.configure(resource{more: second})
	f.Inject(emulator.HTML(504).On("POST", emulator.RegeneratePath).After())

	ended := f.apply()
	ended.has(1, "The API secret may have been rotated, and its new value is lost", "The API secret may have been rotated in this run already", "Nothing more was sent")
	ended.lacks("stored a moment ago")
	f.sent(1)
}
