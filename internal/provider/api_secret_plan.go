// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// action is what a plan does to the secret.
type action string

const (
	actionKeep   action = ""
	actionRotate action = "rotate"
	actionAdopt  action = "adopt"
	// actionOpen leaves it to the plan that Terraform makes again during apply:
	// rotate_after_days is unknown until then.
	actionOpen action = "open"
)

// ModifyPlan decides whether the secret is rotated. Terraform asks again during
// apply, in another process: the answer must be the same, so it depends on
// configuration, prior state and what Read recorded, and on the clock only
// where rotate_after_days itself changes.
func (r *apiSecretResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior, plan *apiSecretModel // nil on create and on destroy
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	rotationDue, diags := getPrivate[bool](ctx, req.Private, privateRotationDue)
	resp.Diagnostics.Append(diags...)
	adoptionDue, diags := getPrivate[string](ctx, req.Private, privateAdoptionDue)
	resp.Diagnostics.Append(diags...)
	before, diags := getPrivate[lineage](ctx, req.Private, privateLineage)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	foreign := prior != nil && r.foreign(prior, before)
	if prior != nil && !foreign {
		r.seeState(prior, before, &resp.Diagnostics)
	}
	if plan == nil {
		// A replacement that failed in Delete has left its mark in the state.
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateReplacing, false)...)
		if !r.applying {
			resp.Diagnostics.Append(r.destroyWarning(prior)...)
		}
		return
	}

	action := r.decide(prior, plan, rotationDue, adoptionDue != "" && !foreign)
	plan.plan(action, prior)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privatePlanned, action)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateReplacing, prior == nil)...)
	if seen := r.secrets.lineage(); prior == nil && before.IntegratorKey == "" && seen.IntegratorKey != "" {
		// Of a tainted object, Delete is shown this plan's private state, not its own.
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateLineage, seen)...)
	}

	if action != actionRotate {
		return
	}
	// Of a replacement, Terraform drops the warnings while it plans; after Delete
	// is the one time at which they are seen.
	if !r.applying || r.secrets.isReplacing() {
		var grace types.Int64 // as configured: the plan holds the default already
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("old_secret_valid_for_seconds"), &grace)...)
		resp.Diagnostics.Append(r.rotationWarnings(grace)...)
	}
	if !r.applying {
		resp.Diagnostics.Append(r.checkRotation(ctx, prior, before)...)
	}
}

func (r *apiSecretResource) decide(prior, plan *apiSecretModel, rotationDue, adoptionDue bool) action {
	switch days := plan.RotateAfterDays; {
	case prior == nil, triggersChanged(prior.RotateWhenChanged, plan.RotateWhenChanged):
		return actionRotate
	case days.IsUnknown():
		return actionOpen
	case days.IsNull():
		rotationDue = false
	case !days.Equal(prior.RotateAfterDays):
		rotateAt := prior.rotateAt(days)
		rotationDue = !rotateAt.IsZero() && !r.clock().Before(rotateAt)
	}
	switch {
	case rotationDue:
		return actionRotate
	case adoptionDue:
		return actionAdopt
	default:
		return actionKeep
	}
}

// triggersChanged compares rotate_when_changed. An empty map is none. Adding or
// removing the map is no change; a value that is unknown yet is one.
func triggersChanged(prior, plan types.Map) bool {
	if len(prior.Elements()) == 0 {
		return false
	}
	if plan.IsUnknown() {
		return true
	}
	return len(plan.Elements()) > 0 && !plan.Equal(prior)
}

// plan fills in the computed values: prior's where the secret stays, so that
// nothing that depends on it changes, and else as much as is known.
func (m *apiSecretModel) plan(action action, prior *apiSecretModel) {
	m.ID, m.IntegratorKey = types.StringUnknown(), types.StringUnknown()
	if prior != nil {
		m.ID, m.IntegratorKey = prior.ID, prior.IntegratorKey
	}
	if action == actionKeep {
		m.Secret = prior.Secret
		m.OldSecretExpiresAt = prior.OldSecretExpiresAt
		m.RotatedAt = prior.RotatedAt
		m.Version = prior.Version
		m.NextRotationAt = prior.nextRotationAt(m.RotateAfterDays)
		return
	}
	m.Secret = types.StringUnknown()
	m.Version = types.Int64Unknown()
	m.OldSecretExpiresAt = timetypes.NewRFC3339Unknown()
	m.RotatedAt = timetypes.NewRFC3339Unknown()
	if action == actionAdopt {
		m.OldSecretExpiresAt = timetypes.NewRFC3339Null()
		m.RotatedAt = timetypes.NewRFC3339Null()
	}
	m.NextRotationAt = timetypes.NewRFC3339Unknown()
	if m.RotateAfterDays.IsNull() {
		m.NextRotationAt = timetypes.NewRFC3339Null()
	}
}
