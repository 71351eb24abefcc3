// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// withoutOpened takes the ephemeral resources that a plan has opened out of the changes.
// OpenTofu 1.11 lists them there, and plugin-testing, which looks at the plan after its
// checks, would never find a plan empty.
type withoutOpened struct{}

func (withoutOpened) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, _ *plancheck.CheckPlanResponse) {
	req.Plan.ResourceChanges = slices.DeleteFunc(req.Plan.ResourceChanges, func(change *tfjson.ResourceChange) bool {
		return slices.Equal(change.Change.Actions, tfjson.Actions{"open"})
	})
}

// ignoreOpened has the steps find a plan empty that does no more than to open ephemeral
// resources.
func ignoreOpened(steps []resource.TestStep) []resource.TestStep {
	steps = slices.Clone(steps)
	for i := range steps {
		if steps[i].Config == "" { // it imports
			continue
		}
		checks := &steps[i].ConfigPlanChecks
		checks.PostApplyPreRefresh = append(slices.Clip(checks.PostApplyPreRefresh), withoutOpened{})
		checks.PostApplyPostRefresh = append(slices.Clip(checks.PostApplyPostRefresh), withoutOpened{})
	}
	return steps
}
