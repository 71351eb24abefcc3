// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"testing"
)

// Two resources for one integrator would each invalidate the other's secret.
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
			f := newFixture(t)
			f.configure(both("1"))
			if created {
				f.terraform("import", address, f.Key()).has(0)
				f.terraform("import", "integrator_api_secret.second", f.Key()).has(0)
				f.apply().has(0, "2 changed")
				f.configure(both("2"))
			}

			f.apply().has(1, "The API secret was rotated in this run already", "Nothing was sent",
				"Remove the one that this error names", "Do not just apply again")
			f.sent(1)
			stored := 0
			for _, o := range append(f.objects("this"), f.objects("second")...) {
				if f.number(o.Attributes.Secret) == 1 {
					stored++
				}
			}
			if stored != 1 {
				t.Errorf("%d resources store the new secret", stored)
			}
		})
	}
}
