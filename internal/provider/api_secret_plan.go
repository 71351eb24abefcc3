// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// action is what a plan does to the secret.
type action string

const (
	actionKeep    action = ""
	actionRotate  action = "rotate"
	actionAdopt   action = "adopt"
	actionEncrypt action = "encrypt"
	// actionOpen leaves it to the apply: rotate_after_days is unknown until then,
	// or has been changed so that a rotation may be due by then.
	actionOpen action = "open"
)

// maxPlanAge is how old a plan can be that changes rotate_after_days and is still
// applied as it is, whenever a rotation falls due in between.
const maxPlanAge = 24 * time.Hour

// needsAPI reports whether the action gives a new secret, or may.
func (a action) needsAPI() bool { return a != actionKeep && a != actionEncrypt }

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
	if foreign {
		r.secrets.seeUntainted(prior)
	}
	if plan == nil {
		// A replacement that failed in Delete has left its mark in the state.
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateReplacing, false)...)
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateUnwarned, false)...)
		if !r.applying {
			resp.Diagnostics.Append(r.destroyWarning(prior)...)
		}
		return
	}

	action := r.decide(prior, plan, rotationDue, adoptionDue != "" && !foreign, maxPlanAge)
	plan.plan(action, prior, r.client != nil)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privatePlanned, action)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateReplacing, prior == nil)...)
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateUnwarned, prior == nil && before.IntegratorKey != "")...)
	if seen := r.secrets.lineage(); prior == nil && before.IntegratorKey == "" && seen.IntegratorKey != "" {
		// Of a tainted object, Delete is shown this plan's private state, not its own.
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateLineage, seen)...)
	}

	if r.applying {
		return // all of it has been said
	}
	if prior != nil {
		resp.Diagnostics.Append(recipientWarnings(action, prior, plan)...)
	}
	if action == actionRotate || action == actionOpen { // Terraform itself drops the warnings of a replacement
		resp.Diagnostics.Append(r.rotationWarnings(ctx, req.Config)...)
	}
	if action == actionRotate {
		resp.Diagnostics.Append(r.checkRotation(ctx, prior, before)...)
	}
}

// decide returns the action of a plan that is applied within that time.
func (r *apiSecretResource) decide(prior, plan *apiSecretModel, rotationDue, adoptionDue bool, within time.Duration) action {
	switch days := plan.RotateAfterDays; {
	case prior == nil, triggersChanged(prior.RotateWhenChanged, plan.RotateWhenChanged):
		return actionRotate
	case days.IsUnknown():
		return actionOpen
	case days.IsNull():
		rotationDue = false
	case !days.Equal(prior.RotateAfterDays):
		rotateAt, now := prior.rotateAt(days), r.clock()
		rotationDue = !rotateAt.IsZero() && !now.Before(rotateAt)
		if !rotateAt.IsZero() && !rotationDue && now.Add(within).After(rotateAt) {
			return actionOpen
		}
	}
	switch {
	case rotationDue:
		return actionRotate
	case adoptionDue:
		return actionAdopt
	case !prior.Secret.IsNull() && len(plan.Recipients.Elements()) > 0:
		return actionEncrypt
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
// nothing that depends on it changes, and else as much as is known: less while
// the provider's settings are not, and prior may turn out to be another's.
func (m *apiSecretModel) plan(action action, prior *apiSecretModel, settingsKnown bool) {
	m.ID, m.IntegratorKey = types.StringUnknown(), types.StringUnknown()
	if prior != nil {
		m.ID, m.IntegratorKey = prior.ID, prior.IntegratorKey
	}
	m.planSecret(action, prior)
	if !action.needsAPI() {
		m.Fingerprint = prior.Fingerprint
		m.OldSecretExpiresAt = prior.OldSecretExpiresAt
		m.RotatedAt = prior.RotatedAt
		m.Version = prior.Version
		m.NextRotationAt = prior.nextRotationAt(m.RotateAfterDays)
		return
	}
	m.Fingerprint = types.StringUnknown()
	m.Version = types.Int64Unknown()
	m.OldSecretExpiresAt = timetypes.NewRFC3339Unknown()
	m.RotatedAt = timetypes.NewRFC3339Unknown()
	if action == actionAdopt && settingsKnown {
		m.OldSecretExpiresAt = timetypes.NewRFC3339Null()
		m.RotatedAt = timetypes.NewRFC3339Null()
	}
	m.NextRotationAt = timetypes.NewRFC3339Unknown()
	if m.RotateAfterDays.IsNull() {
		m.NextRotationAt = timetypes.NewRFC3339Null()
	}
}

// planSecret plans in which form the secret is stored. That of a secret that
// stays only ever changes from clear to encrypted.
func (m *apiSecretModel) planSecret(action action, prior *apiSecretModel) {
	switch {
	case action == actionKeep && (prior.Secret.IsNull() || !m.Recipients.IsUnknown()):
		m.Secret, m.EncryptedSecret = prior.Secret, prior.EncryptedSecret
	case m.Recipients.IsUnknown():
		m.Secret, m.EncryptedSecret = types.StringUnknown(), types.StringUnknown()
	case len(m.Recipients.Elements()) > 0:
		m.Secret, m.EncryptedSecret = types.StringNull(), types.StringUnknown()
	default:
		m.Secret, m.EncryptedSecret = types.StringUnknown(), types.StringNull()
	}
}
