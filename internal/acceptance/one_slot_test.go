// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"testing"
)

// Two resources for one integrator would each kill the other's secret.
func TestSecondRotationInARunIsRefused(t *testing.T) {
	t.Parallel()
	both := func(trigger string) resource {
		return resource{trigger: trigger, more: fmt.Sprintf(`
resource "integrator_api_secret" "second" {
  old_secret_valid_for_seconds = 0
  rotate_when_changed          = { trigger = %q }
}`, trigger)}
	}
	for _, created := range []bool{false, true} {
		name := "both new"
		if created {
			name = "both in state"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.configure(both("1"))
			if created {
				w.terraform("import", address, w.Key()).has(0)
				w.terraform("import", "integrator_api_secret.second", w.Key()).has(0)
				w.apply().has(0, "2 changed")
				w.configure(both("2"))
			}

			w.apply().has(1, "The API secret was rotated in this run already", "Nothing was sent",
				"Keep one integrator_api_secret for an integrator", "Do not just apply again")
			w.sent(1)
			stored := 0
			for _, o := range append(w.objects("this"), w.objects("second")...) {
				if w.number(o.Attributes.Secret) == 1 {
					stored++
				}
			}
			if stored != 1 {
				t.Errorf("%d resources store the new secret", stored)
			}
		})
	}
}
