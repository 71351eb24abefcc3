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
	w := newWorkspace(t)
	w.configure(resource{more: second})
	w.terraform("import", address, w.Key()).has(0)
	w.terraform("import", "integrator_api_secret.second", w.Key()).has(0)
	w.apply().has(0, "2 changed")

	w.apply("-replace="+address, "-replace=integrator_api_secret.second").has(1, "The API secret was rotated in this run already", "The old secret was put back into the state")
	w.sent(1)
	newest := 0
	for _, name := range []string{"this", "second"} {
		objects := w.objects(name)
		if len(objects) != 1 {
			t.Fatalf("%s has %d objects in the state", name, len(objects))
		}
		if w.number(objects[0].Attributes.Secret) == w.newest() {
			newest++
		}
	}
	if newest != 1 {
		t.Errorf("%d resources store the new secret", newest)
	}
}

// A resource that is only created does not get what belongs to a replaced one.
func TestAFailedCreateTakesNoSecretOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.apply().has(0)
	old := w.newest()
	w.configure(resource{more: second})
	refused := emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", "").On("POST", emulator.RegeneratePath)
	refused.Times = -1
	w.Inject(refused)

	w.apply("-replace="+address).has(1, "The old secret was put back into the state")
	w.stores(old, true)
}

// What is said of the second rotation in a run holds after a lost first one too.
func TestSecondRotationAfterALostOne(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(resource{more: second})
	w.Inject(emulator.HTML(504).On("POST", emulator.RegeneratePath).After())

	ended := w.apply()
	ended.has(1, "The API secret may have been rotated, and its new value is lost", "The API secret may have been rotated in this run already", "Nothing more was sent")
	ended.lacks("stored a moment ago")
	w.sent(1)
}
