// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// ModifyPlan has the rotation decided, and plans the results of the decision.
func (r *apiSecretResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior, plan *apiSecretModel // nil on create and on destroy
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	memory, diags := readMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan == nil {
		planned := r.rotator.PlanDestroy(*prior.object(), memory)
		resp.Diagnostics.Append(r.say(planned.Events...)...)
		resp.Diagnostics.Append(writeMemory(ctx, resp.Private, planned.Memory)...)
		return
	}
	graceSet, diags := configuresGrace(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	planned := r.rotator.Plan(ctx, prior.object(), plan.arguments(), graceSet, memory)
	plan.apiSecretResults = r.plannedResults(planned, prior, plan.apiSecretArguments)
	resp.Diagnostics.Append(r.sayOfPlan(planned.Events...)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	resp.Diagnostics.Append(writeMemory(ctx, resp.Private, planned.Memory)...)
}

// configuresGrace reports whether the configuration sets
// old_secret_valid_for_seconds: a plan holds the default already.
func configuresGrace(ctx context.Context, config tfsdk.Config) (bool, diag.Diagnostics) {
	var grace types.Int64
	diags := config.GetAttribute(ctx, path.Root("old_secret_valid_for_seconds"), &grace)
	return !grace.IsNull(), diags
}

// plannedResults are the prior results if the secret is kept, so that nothing that
// depends on it changes. Otherwise they are unknown, but for whose secret it is: so a
// plan shows that, and Terraform refuses to apply it for another integrator.
func (r *apiSecretResource) plannedResults(p rotation.Planned, prior *apiSecretModel, arguments apiSecretArguments) apiSecretResults {
	if !p.Action.NewSecret() {
		planned := prior.apiSecretResults
		planned.NextRotationAt = nextRotationAt(prior.held(), arguments.arguments().Days)
		if p.Action == rotation.Encrypt || !prior.Secret.IsNull() && arguments.Recipients.IsUnknown() {
			planned.Secret, planned.EncryptedSecret = plannedSecret(arguments)
		}
		return planned
	}
	planned := apiSecretResults{
		ID:                 knownText(r.key),
		IntegratorKey:      knownText(r.key),
		Endpoint:           knownText(r.endpoint),
		Fingerprint:        types.StringUnknown(),
		OldSecretExpiresAt: timetypes.NewRFC3339Unknown(),
		RotatedAt:          timetypes.NewRFC3339Unknown(),
		NextRotationAt:     timetypes.NewRFC3339Unknown(),
		Version:            types.Int64Unknown(),
	}
	planned.Secret, planned.EncryptedSecret = plannedSecret(arguments)
	if prior != nil {
		planned.ID, planned.IntegratorKey = prior.ID, prior.IntegratorKey
		planned.Endpoint = knownText(prior.Endpoint.ValueString())
	}
	if p.Undated {
		planned.OldSecretExpiresAt, planned.RotatedAt = timetypes.NewRFC3339Null(), timetypes.NewRFC3339Null()
	}
	if arguments.RotateAfterDays.IsNull() {
		planned.NextRotationAt = timetypes.NewRFC3339Null()
	}
	return planned
}

// knownText is unknown for "".
func knownText(text string) types.String {
	if text == "" {
		return types.StringUnknown()
	}
	return types.StringValue(text)
}

// plannedSecret plans in which form a secret is stored.
func plannedSecret(arguments apiSecretArguments) (secret, encryptedSecret types.String) {
	switch {
	case arguments.Recipients.IsUnknown():
		return types.StringUnknown(), types.StringUnknown()
	case len(arguments.Recipients.Elements()) > 0:
		return types.StringNull(), types.StringUnknown()
	default:
		return types.StringUnknown(), types.StringNull()
	}
}
