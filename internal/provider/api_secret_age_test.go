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
	steps := []resource.TestStep{{Config: secretResource("")}}
	graces, today := []int{0}, 0
	for _, change := range []struct {
		day     int
		days    string
		rotates bool
		open    bool // the plan leaves it to the apply
		next    knownvalue.Check
	}{
		{10, "60", false, false, onDay(60)}, // added
		{35, "36", false, true, onDay(36)},  // shortened to within a day of its age
		{35, "35", true, false, onDay(70)},  // shortened below its age
	} {
		advance := time.Duration(change.day-today) * day
		today = change.day
		step := resource.TestStep{
			PreConfig:        func() { f.clock.Advance(advance) },
			Config:           secretResource("rotate_after_days = " + change.days),
			ConfigPlanChecks: f.storedOnly(planned("next_rotation_at", change.next)),
		}
		if change.rotates {
			graces = append(graces, 0)
		}
		if change.rotates || change.open {
			step.ConfigPlanChecks = f.inPlaceRotation()
		}
		step.ConfigStateChecks = []statecheck.StateCheck{
			stored("secret", f.newestSecret()),
			stored("next_rotation_at", change.next),
			f.rotated(graces...),
		}
		steps = append(steps, step)
	}
	f.terraform(steps...)
}

// While the number of days is unknown, the plan shows a possible rotation. The
// apply decides. TestDaysThatAreUnknown has every kind of it.
func TestRotateAfterDaysIsUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	var graces []int
	today := 0
	for _, change := range []struct {
		day     int
		input   int // of the source: a change makes its output unknown
		rotates bool
		next    knownvalue.Check
	}{
		{0, 30, true, onDay(30)},   // the first one creates
		{10, 60, false, onDay(60)}, // lengthened
		{40, 30, true, onDay(70)},  // shortened below its age
	} {
		advance := time.Duration(change.day-today) * day
		today = change.day
		step := resource.TestStep{
			PreConfig: func() { f.clock.Advance(advance) },
			Config: secretResource(`rotate_after_days = terraform_data.source.output`) + fmt.Sprintf(`
				resource "terraform_data" "source" { input = %d }`, change.input),
			ConfigPlanChecks: preApply(plannedUnknown("secret"), plannedUnknown("version"), plannedUnknown("next_rotation_at")),
		}
		if change.rotates {
			graces = append(graces, 0)
		}
		step.ConfigStateChecks = []statecheck.StateCheck{
			stored("secret", f.newestSecret()),
			stored("next_rotation_at", change.next),
			f.rotated(graces...),
		}
		steps = append(steps, step)
	}
	f.terraform(steps...)
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
