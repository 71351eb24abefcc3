// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestChangesOfTriggers has every kind of change.
func TestRotateWhenChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	graces := []int{300}
	for _, change := range []struct {
		triggers string // each replaces the one before it
		rotates  bool
	}{
		{`{ a = "1", b = "1" }`, false}, // the first one creates
		{`{ a = "1", b = null }`, true},
		{`null`, false},
	} {
		step := resource.TestStep{Config: secretResource("old_secret_valid_for_seconds = 300\nrotate_when_changed = " + change.triggers)}
		switch {
		case len(steps) == 0:
		case change.rotates:
			graces = append(graces, 300)
			step.ConfigPlanChecks = f.inPlaceRotation()
		default:
			step.ConfigPlanChecks = f.storedOnly()
		}
		step.ConfigStateChecks = []statecheck.StateCheck{
			stored("secret", f.newestSecret()),
			stored("version", knownvalue.Int64Exact(startedInUnix+int64(len(graces)-1))), // the clock stands still
			f.rotated(graces...),
		}
		steps = append(steps, step)
	}
	f.terraform(steps...)
}

// A trigger that comes from another resource is unknown while that resource changes.
// If the trigger is the same in the end, nothing is rotated. TestTriggersThatAreUnknown
// has every kind of it.
func TestRotateWhenChangedIsUnknown(t *testing.T) {
	t.Parallel()
	const (
		value = `{ a = terraform_data.source.output["a"] }`
		whole = `terraform_data.source.output`
	)
	f := newFixture(t, emulator.Options{})
	var steps []resource.TestStep
	graces := []int{0}
	for _, change := range []struct {
		triggers           string
		input, replacement string // of the source: a change of either makes its output unknown
		planned, rotates   bool
	}{
		{value, "1", "1", false, false}, // the first one creates
		{value, "2", "1", true, true},
		{whole, "2", "2", true, false},
	} {
		step := resource.TestStep{Config: secretResource("rotate_when_changed = "+change.triggers) + fmt.Sprintf(`
			resource "terraform_data" "source" {
				input            = { a = %q }
				triggers_replace = %q
			}`, change.input, change.replacement)}
		switch {
		case len(steps) == 0:
		case change.planned:
			step.ConfigPlanChecks = f.inPlaceRotation()
		}
		if change.rotates {
			graces = append(graces, 0)
		}
		step.ConfigStateChecks = []statecheck.StateCheck{stored("secret", f.newestSecret()), f.rotated(graces...)}
		steps = append(steps, step)
	}
	f.terraform(steps...)
}

// Whatever uses the secret has the new one in the same apply.
func TestRotationReachesDependents(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(trigger string) string {
		return secretResource(fmt.Sprintf("rotate_when_changed = { a = %q }", trigger)) + `
			resource "terraform_data" "dependent" {
				input = integrator_api_secret.test.version
			}
			output "secret" {
				value     = integrator_api_secret.test.secret
				sensitive = true
			}`
	}
	version := statecheck.CompareValue(compare.ValuesDiffer())
	step := func(trigger string, checks resource.ConfigPlanChecks) resource.TestStep {
		return resource.TestStep{
			PreConfig:        func() { f.clock.Advance(day) },
			Config:           config(trigger),
			ConfigPlanChecks: checks,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("secret", f.newestSecret()),
				version.AddStateValue("terraform_data.dependent", tfjsonpath.New("output")),
				statecheck.CompareValuePairs(address, tfjsonpath.New("version"),
					"terraform_data.dependent", tfjsonpath.New("output"), compare.ValuesSame()),
			},
		}
	}
	rotation := f.inPlaceRotation()
	rotation.PreApply = append(rotation.PreApply,
		plancheck.ExpectUnknownOutputValue("secret"),
		plancheck.ExpectResourceAction("terraform_data.dependent", plancheck.ResourceActionUpdate),
		plancheck.ExpectUnknownValue("terraform_data.dependent", tfjsonpath.New("input")))
	f.terraform(step("1", resource.ConfigPlanChecks{}), step("2", rotation))
}

// TestReplacements has the other ways of it.
func TestReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(trigger int, lifecycle string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"trigger\" { input = %d }\n", trigger) +
			secretResource("old_secret_valid_for_seconds = 300\nlifecycle {\n"+lifecycle+"\n}")
	}
	steps := []resource.TestStep{{Config: config(0, "")}}
	graces := []int{300}
	for i, tt := range []struct {
		lifecycle string
		taint     bool
		action    plancheck.ResourceActionType
	}{
		{``, true, plancheck.ResourceActionDestroyBeforeCreate},
		{"replace_triggered_by = [terraform_data.trigger]\ncreate_before_destroy = true", false, plancheck.ResourceActionCreateBeforeDestroy},
	} {
		graces = append(graces, 300)
		step := resource.TestStep{
			PreConfig: func() {
				f.clock.Advance(time.Hour)
				f.setenv("INTEGRATOR_SECRET", f.Secret()) // create_before_destroy shows Create no other
			},
			Config:           config(i+1, tt.lifecycle),
			ConfigPlanChecks: preApply(action(tt.action), planned("id", knownvalue.StringExact(f.Key())), plannedUnknown("secret"), plannedUnknown("version")),
			ConfigStateChecks: []statecheck.StateCheck{
				stored("secret", f.newestSecret()),
				stored("version", knownvalue.Int64Exact(startedInUnix+int64(i+1)*3600)),
				f.rotated(graces...),
			},
		}
		if tt.taint {
			step.Taint = []string{address}
		}
		steps = append(steps, step)
	}
	f.terraform(steps...)
}
