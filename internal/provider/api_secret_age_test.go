// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// onDay is a time as it is stored, so many days after a test began.
func onDay(n int) knownvalue.Check {
	start, err := time.Parse(time.RFC3339, started)
	if err != nil {
		panic(err)
	}
	return knownvalue.StringExact(start.AddDate(0, 0, n).Format(time.RFC3339))
}

func TestRotateAfterDays(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := secretResource(`rotate_after_days = 30`)
	rotation := f.inPlaceRotation()
	rotation.PreApply = append(rotation.PreApply, plannedUnknown("next_rotation_at"))
	f.terraform(
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{stored("next_rotation_at", onDay(30))},
		},
		resource.TestStep{ // not due yet
			PreConfig: func() { f.clock.Advance(30*day - time.Second) },
			Config:    config,
			PlanOnly:  true,
		},
		resource.TestStep{ // due, but it takes a refresh to notice
			PreConfig:          func() { f.clock.Advance(time.Second) },
			Config:             config,
			PlanOnly:           true,
			ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: rotation.PreApply,
			},
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: rotation,
			ConfigStateChecks: []statecheck.StateCheck{
				stored("secret", f.newestSecret()),
				stored("rotated_at", onDay(30)),
				stored("version", knownvalue.Int64Exact(startedInUnix+30*86400)),
				stored("next_rotation_at", onDay(60)),
				f.rotated(0, 0),
			},
		},
	)
}

// Whether a rotation is due is judged against the new number of days.
// TestChangesOfDays has every kind of change.
func TestRotateAfterDaysIsChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(days int) string { return secretResource(fmt.Sprintf("rotate_after_days = %d", days)) }
	f.terraform(
		resource.TestStep{Config: config(60)},
		resource.TestStep{ // shortened to within a day of its age: the plan leaves it to the apply
			PreConfig:         func() { f.clock.Advance(35 * day) },
			Config:            config(36),
			ConfigPlanChecks:  f.inPlaceRotation(),
			ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret()), stored("next_rotation_at", onDay(36)), f.rotated(0)},
		},
		resource.TestStep{ // shortened below its age
			Config:            config(35),
			ConfigPlanChecks:  f.inPlaceRotation(),
			ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret()), stored("next_rotation_at", onDay(70)), f.rotated(0, 0)},
		},
	)
}

// While the number of days is unknown, the plan shows a possible rotation. The
// apply decides. TestDaysThatAreUnknown has every kind of it.
func TestRotateAfterDaysIsUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	step := func(days int, next knownvalue.Check, graces ...int) resource.TestStep {
		return resource.TestStep{
			Config: secretResource(`rotate_after_days = terraform_data.source.output`) +
				fmt.Sprintf("resource \"terraform_data\" \"source\" { input = %d }\n", days), // unknown while it changes
			ConfigPlanChecks: preApply(plannedUnknown("secret"), plannedUnknown("version"), plannedUnknown("next_rotation_at")),
			ConfigStateChecks: []statecheck.StateCheck{
				stored("secret", f.newestSecret()),
				stored("next_rotation_at", next),
				f.rotated(graces...),
			},
		}
	}
	shortened := step(30, onDay(70), 0, 0)
	shortened.PreConfig = func() { f.clock.Advance(40 * day) }
	f.terraform(step(60, onDay(60), 0), shortened)
}

// meanwhile happens between a plan and its apply.
type meanwhile func()

func (f meanwhile) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	f()
}

// Terraform plans again when it applies a plan. By then it is later, and the second
// plan has to be the same as the first.
func TestPlanIsAppliedLater(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(grace int) string {
		return secretResource(fmt.Sprintf("old_secret_valid_for_seconds = %d\nrotate_after_days = 30", grace))
	}
	nextDay := meanwhile(func() { f.clock.Advance(day) })
	due := f.inPlaceRotation()
	due.PreApply = append(due.PreApply, nextDay)
	f.terraform(
		resource.TestStep{Config: config(0)},
		resource.TestStep{ // becomes due while the plan waits
			PreConfig:          func() { f.clock.Advance(29 * day) },
			Config:             config(60),
			ConfigPlanChecks:   f.storedOnly(nextDay),
			ExpectNonEmptyPlan: true, // for it is due now
			ConfigStateChecks:  []statecheck.StateCheck{stored("next_rotation_at", onDay(30)), f.rotated(0)},
		},
		resource.TestStep{ // due, and applied on the day after
			Config:            config(60),
			ConfigPlanChecks:  due,
			ConfigStateChecks: []statecheck.StateCheck{stored("next_rotation_at", onDay(61)), f.rotated(0, 60)},
		},
	)
}
