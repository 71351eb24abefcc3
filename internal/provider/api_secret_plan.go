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

// decision is what a plan does to the secret.
type decision int

const (
	keepSecret decision = iota
	rotateSecret
	leaveToApply // rotate_after_days is unknown yet
)

// ModifyPlan decides whether the secret is rotated. Terraform asks again during
// apply, in another process: the answer must be the same, so it depends on
// configuration, prior state and what Read recorded, and on the clock only
// where rotate_after_days itself changes.
func (r *apiSecretResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior, plan *apiSecretModel // nil on create and on destroy
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	due, diags := rotationDue.get(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if prior != nil {
		r.secrets.learn(prior)
	}
	if plan == nil {
		if !r.applying {
			resp.Diagnostics.Append(r.destroyWarning(prior)...)
		}
		return
	}

	decision := r.decide(prior, plan, due)
	switch {
	case prior == nil:
		plan.planNew()
	case decision == keepSecret:
		plan.planKept(prior)
	default:
		plan.planRotated(prior)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(rotationPlanned.set(ctx, resp.Private, decision == rotateSecret)...)

	if decision == rotateSecret && !r.applying {
		var grace types.Int64 // as configured: the plan holds the default already
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("old_secret_valid_for_seconds"), &grace)...)
		resp.Diagnostics.Append(r.rotationWarnings(grace)...)
	}
}

func (r *apiSecretResource) decide(prior, plan *apiSecretModel, due bool) decision {
	switch {
	case prior == nil, triggersChanged(prior.RotateWhenChanged, plan.RotateWhenChanged):
		return rotateSecret
	case plan.RotateAfterDays.IsUnknown():
		return leaveToApply
	case plan.RotateAfterDays.IsNull():
		return keepSecret
	case !plan.RotateAfterDays.Equal(prior.RotateAfterDays):
		due = !r.clock().Before(prior.rotateAt(plan.RotateAfterDays))
	}
	if due {
		return rotateSecret
	}
	return keepSecret
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

// planNew plans a secret where this resource has none.
func (m *apiSecretModel) planNew() {
	m.ID, m.IntegratorKey = types.StringUnknown(), types.StringUnknown()
	m.planUnknown()
}

// planRotated plans a new secret in place of prior's.
func (m *apiSecretModel) planRotated(prior *apiSecretModel) {
	m.ID, m.IntegratorKey = prior.ID, prior.IntegratorKey
	m.planUnknown()
}

func (m *apiSecretModel) planUnknown() {
	m.Secret = types.StringUnknown()
	m.OldSecretExpiresAt = timetypes.NewRFC3339Unknown()
	m.RotatedAt = timetypes.NewRFC3339Unknown()
	m.Version = types.Int64Unknown()
	m.NextRotationAt = timetypes.NewRFC3339Unknown()
	if m.RotateAfterDays.IsNull() {
		m.NextRotationAt = timetypes.NewRFC3339Null()
	}
}

// planKept plans prior's secret to stay, so that nothing that depends on it
// changes.
func (m *apiSecretModel) planKept(prior *apiSecretModel) {
	m.ID, m.IntegratorKey = prior.ID, prior.IntegratorKey
	m.Secret = prior.Secret
	m.OldSecretExpiresAt = prior.OldSecretExpiresAt
	m.RotatedAt = prior.RotatedAt
	m.Version = prior.Version
	m.NextRotationAt = prior.nextRotationAt(m.RotateAfterDays)
}
