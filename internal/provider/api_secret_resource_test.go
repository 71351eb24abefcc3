// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestCreations has other arguments.
func TestCreate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{Key: "int_other"})
	plan := preApply(action(plancheck.ResourceActionCreate),
		planned("id", knownvalue.StringExact("int_other")), planned("integrator_key", knownvalue.StringExact("int_other")),
		planned("endpoint", knownvalue.StringExact(f.URL())), plannedUnknown("secret"),
		plannedUnknown("old_secret_expires_at"), plannedUnknown("rotated_at"), plannedUnknown("version"),
		planned("old_secret_valid_for_seconds", knownvalue.Int64Exact(300)),
		plancheck.ExpectSensitiveValue(address, tfjsonpath.New("secret")))
	plan.PostApplyPostRefresh = []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}

	f.terraform(resource.TestStep{
		Config: secretResource(`
			old_secret_valid_for_seconds = 300
			rotate_when_changed          = { a = "1" }
			rotate_after_days            = 30`),
		ConfigPlanChecks: plan,
		ConfigStateChecks: []statecheck.StateCheck{
			stored("id", knownvalue.StringExact("int_other")),
			stored("integrator_key", knownvalue.StringExact("int_other")),
			stored("endpoint", knownvalue.StringExact(f.URL())),
			stored("secret", f.newestSecret()),
			statecheck.ExpectSensitiveValue(address, tfjsonpath.New("secret")),
			stored("old_secret_valid_for_seconds", knownvalue.Int64Exact(300)),
			stored("old_secret_expires_at", knownvalue.StringExact("2026-08-19T15:21:07.597Z")),
			stored("rotated_at", knownvalue.StringExact(started)),
			stored("version", knownvalue.Int64Exact(startedInUnix)),
			stored("next_rotation_at", knownvalue.StringExact("2026-09-18T15:16:07Z")),
			f.rotated(300),
		},
	})
}

// TestOddExpiries has others.
func TestOddExpiry(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(onRotation(emulator.Fault{AfterProcessing: true, Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = "soon" }}))
	f.terraform(resource.TestStep{
		Config: secretResource(`old_secret_valid_for_seconds = 300`),
		ConfigStateChecks: []statecheck.StateCheck{
			stored("secret", f.newestSecret()),
			stored("old_secret_expires_at", knownvalue.Null()),
			f.rotated(300),
		},
	})
}

func TestDestroySendsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := secretResource("")
	f.terraform(
		resource.TestStep{Config: config},
		resource.TestStep{
			Config:           config,
			Destroy:          true,
			ConfigPlanChecks: preApply(action(plancheck.ResourceActionDestroy)),
		},
	)
	if graces := f.rotations(); len(graces) != 1 {
		t.Errorf("the API was asked for %d rotations", len(graces))
	}
	if !f.Accepts(f.Secret()) {
		t.Error("the secret became invalid with the resource")
	}
}
