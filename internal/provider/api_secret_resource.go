// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

var (
	_ resource.ResourceWithConfigure  = (*apiSecretResource)(nil)
	_ resource.ResourceWithModifyPlan = (*apiSecretResource)(nil)
)

func newAPISecretResource() resource.Resource { return &apiSecretResource{} }

// apiSecretResource is the integrator's one API secret. Every rotation of it,
// in place or by replacement, is one call of rotate.
type apiSecretResource struct{ *integrator }

type apiSecretModel struct {
	ID                       types.String      `tfsdk:"id"`
	IntegratorKey            types.String      `tfsdk:"integrator_key"`
	OldSecretValidForSeconds types.Int64       `tfsdk:"old_secret_valid_for_seconds"`
	RotateWhenChanged        types.Map         `tfsdk:"rotate_when_changed"`
	RotateAfterDays          types.Int64       `tfsdk:"rotate_after_days"`
	Secret                   types.String      `tfsdk:"secret"`
	OldSecretExpiresAt       timetypes.RFC3339 `tfsdk:"old_secret_expires_at"`
	RotatedAt                timetypes.RFC3339 `tfsdk:"rotated_at"`
	NextRotationAt           timetypes.RFC3339 `tfsdk:"next_rotation_at"`
	Version                  types.Int64       `tfsdk:"version"`
}

func (r *apiSecretResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_secret"
}

func (r *apiSecretResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The API secret of the integrator. Creating or replacing this resource regenerates the secret, and so ends the one in use: at once, or after a grace period. Destroying it only forgets it.",
		Attributes: map[string]schema.Attribute{
			"old_secret_valid_for_seconds": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("Grace period: how many seconds the old secret stays valid after a rotation, a whole number from 0 to %d; default 0, the API's own, which ends the old secret at once. 300 gives its users five minutes to switch. A change is stored, calls nothing, and counts from the next rotation.", maxGraceSeconds),
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(0),
				Validators:          []validator.Int64{int64validator.Between(0, maxGraceSeconds)},
			},
			"rotate_when_changed": schema.MapAttribute{
				MarkdownDescription: "Values of your choice, such as `{ schedule = time_rotating.monthly.rotation_rfc3339 }`: a change to any of them rotates the secret in place. Adding the map to a resource that had none, or removing it, does not.",
				ElementType:         types.StringType,
				Optional:            true,
			},
			"rotate_after_days": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("Age in days, 1 to %d, such as 30, from which the next plan rotates the secret in place. It counts from `rotated_at`, or from `version` where that is null. Terraform has to run for it: schedule a plan and apply. Shortening it below the secret's present age rotates in that plan.", maxRotateAfterDays),
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, maxRotateAfterDays)},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "Same as `integrator_key`. It stays the same over rotations.",
				Computed:            true,
			},
			"integrator_key": schema.StringAttribute{
				MarkdownDescription: "Key of the integrator whose secret this is, such as `int_1a2b3c`. It stays the same over rotations.",
				Computed:            true,
			},
			"secret": schema.StringAttribute{
				MarkdownDescription: "The secret that is valid now. It is stored in the state in the clear: keep the state where only those may read it who may use the secret. `terraform output -raw` prints it from an output marked `sensitive`.",
				Computed:            true,
				Sensitive:           true,
			},
			"old_secret_expires_at": schema.StringAttribute{
				MarkdownDescription: "When the secret before this one stops working, as RFC 3339 time such as `2026-08-19T15:21:07.597Z`. Null if it ended at once.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"rotated_at": schema.StringAttribute{
				MarkdownDescription: "When this secret was made, as RFC 3339 time in UTC such as `2026-08-19T14:21:07Z`. Null for a secret that this resource did not make.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"next_rotation_at": schema.StringAttribute{
				MarkdownDescription: "From when on a plan rotates the secret because of `rotate_after_days`, as RFC 3339 time in UTC. Null without `rotate_after_days`.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"version": schema.Int64Attribute{
				MarkdownDescription: "Unix time in seconds at which this secret was obtained, such as `1787149267`. It changes with every new secret and tells nothing about it: use it for `*_wo_version` arguments and as a trigger.",
				Computed:            true,
			},
		},
	}
}

const (
	maxGraceSeconds    = int64(client.MaxGracePeriod / time.Second)
	maxRotateAfterDays = 3650
)

func (r *apiSecretResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *apiSecretResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model apiSecretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.rotate(ctx, &model, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

// Read asks the API nothing. It records that a rotation has become due, so that
// the plan and the second planning during apply, hours later perhaps, agree.
func (r *apiSecretResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state apiSecretModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.secrets.learn(&state)
	rotateAt := state.rotateAt(state.RotateAfterDays)
	due := !rotateAt.IsZero() && !r.clock().Before(rotateAt)
	resp.Diagnostics.Append(rotationDue.set(ctx, resp.Private, due)...)
}

func (r *apiSecretResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var model, prior apiSecretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	rotate, diags := rotationPlanned.get(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.secrets.learn(&prior)
	if rotate && !r.rotate(ctx, &model, &resp.Diagnostics) {
		return // the old secret stays in state, and the next apply tries again
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	resp.Diagnostics.Append(rotationPlanned.set(ctx, resp.Private, false)...)
	resp.Diagnostics.Append(rotationDue.set(ctx, resp.Private, false)...)
}

// Delete forgets: the API has no call to end a secret, and in a replacement a
// newer one may already be in its place.
func (r *apiSecretResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state apiSecretModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	r.secrets.learn(&state) // Create of a replacement, next in this process, may need it to sign
}

// rotate regenerates the secret and fills the model in. Nothing after the call
// can fail.
func (r *apiSecretResource) rotate(ctx context.Context, model *apiSecretModel, diags *diag.Diagnostics) bool {
	regenerated, err := r.client.RegenerateSecret(ctx, client.RegenerateInput{
		GracePeriod: time.Duration(model.OldSecretValidForSeconds.ValueInt64()) * time.Second,
		Signers:     r.secrets.signers(r.client.ConfiguredSecret()),
	})
	if err != nil {
		diags.Append(rotationFailed(err, r.client))
		return false
	}
	version := r.secrets.obtain(regenerated.Secret, regenerated.ObtainedAt)
	model.store(regenerated, r.client.IntegratorKey(), version)
	diags.Append(rotationRemarks(regenerated)...)
	return true
}

// store maps a new secret into the model.
func (m *apiSecretModel) store(regenerated *client.RegeneratedSecret, key string, version int64) {
	m.ID = types.StringValue(key)
	m.IntegratorKey = types.StringValue(key)
	m.Secret = types.StringValue(regenerated.Secret.Reveal())
	m.OldSecretExpiresAt = timetypes.NewRFC3339Null()
	if expiry := regenerated.OldSecretExpiresAt; !expiry.IsZero() {
		m.OldSecretExpiresAt = timetypes.NewRFC3339ValueMust(expiry.UTC().Format(time.RFC3339Nano))
	}
	m.RotatedAt = timetypes.NewRFC3339TimeValue(regenerated.ObtainedAt.UTC())
	m.Version = types.Int64Value(version)
	m.NextRotationAt = m.nextRotationAt(m.RotateAfterDays)
}

// rotateAt is when a secret of this age is to be rotated; the zero time without
// days.
func (m *apiSecretModel) rotateAt(days types.Int64) time.Time {
	if days.IsNull() || days.IsUnknown() {
		return time.Time{}
	}
	obtained := time.Unix(m.Version.ValueInt64(), 0).UTC()
	if !m.RotatedAt.IsNull() {
		obtained, _ = m.RotatedAt.ValueRFC3339Time() // written by store
	}
	return obtained.AddDate(0, 0, int(days.ValueInt64()))
}

func (m *apiSecretModel) nextRotationAt(days types.Int64) timetypes.RFC3339 {
	if days.IsUnknown() {
		return timetypes.NewRFC3339Unknown()
	}
	if at := m.rotateAt(days); !at.IsZero() {
		return timetypes.NewRFC3339TimeValue(at)
	}
	return timetypes.NewRFC3339Null()
}
