// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The plan and its apply are different processes, and only the former has
// refreshed the state.
func TestSavedPlanRotatesOnce(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(`rotate_after_days = 30`))
	c.terraform(0, "apply", "-auto-approve")
	ageState(t, c.stateFile(), 30)

	c.terraform(0, "plan", "-detailed-exitcode", "-refresh=false")
	c.terraform(2, "plan", "-detailed-exitcode", "-out=saved.plan")
	c.expectRotations(1)
	output := c.terraform(0, "apply", "saved.plan")
	c.expect(output, "0 added, 1 changed, 0 destroyed", 1)
	c.expectRotations(2)
	c.terraform(1, "apply", "saved.plan") // stale now
	c.expectRotations(2)
	c.terraform(0, "plan", "-detailed-exitcode")
}

// A refresh that finds nothing new leaves the state as it is; one that finds a
// rotation due notes it once.
func TestIdleRefreshLeavesTheStateAlone(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(`rotate_after_days = 30`))
	c.terraform(0, "apply", "-auto-approve")
	created := c.serial()
	for _, args := range [][]string{{"-auto-approve"}, {"-auto-approve", "-refresh-only"}} {
		c.terraform(0, "apply", args...)
		if now := c.serial(); now != created {
			t.Errorf("apply %v took the serial from %v to %v", args, created, now)
		}
	}
	ageState(t, c.stateFile(), 30)
	for range 3 {
		c.terraform(0, "apply", "-auto-approve", "-refresh-only")
		if now := c.serial(); now != created+1 {
			t.Errorf("the refresh of a secret that is due took the serial from %v to %v", created, now)
		}
	}
	c.expectRotations(1)
	c.terraform(2, "plan", "-detailed-exitcode", "-refresh=false") // what is noted counts
}
