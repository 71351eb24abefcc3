// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

var (
	_ resource.ResourceWithConfigure      = (*apiSecretResource)(nil)
	_ resource.ResourceWithValidateConfig = (*apiSecretResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*apiSecretResource)(nil)
	_ resource.ResourceWithIdentity       = (*apiSecretResource)(nil)
	_ resource.ResourceWithImportState    = (*apiSecretResource)(nil)
)

func newAPISecretResource() resource.Resource { return &apiSecretResource{} }

// apiSecretResource is the integrator's one API secret. It translates: package
// rotation decides and acts, and the files named diagnostics have the words.
type apiSecretResource struct{ *integrator }

func (r *apiSecretResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_secret"
}

func (r *apiSecretResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The API secret of the integrator. Creating or replacing this resource regenerates the secret, and so invalidates the one in use: at once, or after a grace period. To keep that one, import it instead. `rotate_when_changed` and `rotate_after_days` rotate in place. Destroying this resource only forgets the secret. An integrator has one secret, so manage it with one resource.",
		Attributes: map[string]schema.Attribute{
			"old_secret_valid_for_seconds": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("Grace period: how many seconds the old secret stays valid after a rotation, a whole number from 0 to %d; default 0, the API's own, which invalidates the old secret at once. 300 gives its users five minutes to switch. A change is stored, calls nothing, and counts from the next rotation.", maxGraceSeconds),
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(0),
				Validators:          []validator.Int64{int64validator.Between(0, maxGraceSeconds)},
			},
			"rotate_when_changed": schema.MapAttribute{
				MarkdownDescription: "Values of your choice, such as `{ schedule = time_rotating.monthly.rotation_rfc3339 }`: a change to any of them, to one known only after apply included, one more key or one less rotates the secret in place. Adding the map to a resource that had none, or removing it, does not.",
				ElementType:         types.StringType,
				Optional:            true,
			},
			"rotate_after_days": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("Age in days, 1 to %d, such as 30, from which the next plan rotates the secret in place. It counts from `rotated_at`, or from `version` where that is null. Terraform has to run for it: schedule a plan and apply. Shortening it below the secret's present age rotates in that plan.", maxRotateAfterDays),
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, maxRotateAfterDays)},
			},
			"recipients": schema.ListAttribute{
				MarkdownDescription: "Public keys to encrypt the secret for: age keys (`age1…`) or SSH keys (`ssh-ed25519 …`, `ssh-rsa …`), as in an `authorized_keys` file. With them `secret` is null and `encrypted_secret` holds the secret, so that neither plan nor state holds it in plaintext. Adding them encrypts the secret in state in place, without a rotation; changing or removing them counts from the next rotation. An empty list is refused: leave the argument out, or set it to null, for none. See also the provider's `age_identity`.",
				ElementType:         types.StringType,
				Optional:            true,
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "Same as `integrator_key`. It stays the same over rotations.",
				Computed:            true,
			},
			"integrator_key": schema.StringAttribute{
				MarkdownDescription: "Key of the integrator whose secret this is, such as `int_1a2b3c`. It stays the same over rotations.",
				Computed:            true,
			},
			"endpoint": schema.StringAttribute{
				MarkdownDescription: "Base URL of the API whose secret this is, such as `https://sandbox.spritz.finance`: tells production from sandbox. It stays the same over rotations.",
				Computed:            true,
			},
			"secret": schema.StringAttribute{
				MarkdownDescription: "The secret that is valid now; null with `recipients`. It is stored in the state in plaintext: keep the state where only those may read it who may use the secret, or encrypt it with `recipients`. `terraform output -raw` prints it from an output marked `sensitive`.",
				Computed:            true,
				Sensitive:           true,
			},
			"encrypted_secret": schema.StringAttribute{
				MarkdownDescription: "The secret that is valid now as armored age ciphertext for all of `recipients`; null without them. From an output, `terraform output -raw encrypted_secret | age -d -i key.txt` prints the secret; in a configuration, the ephemeral resource `integrator_decrypted_secret` opens it.",
				Computed:            true,
			},
			"fingerprint": schema.StringAttribute{
				MarkdownDescription: "First 16 hex digits of the SHA-256 of the secret, such as `8f86dd9f9901b0e3`: tells which secret this is to those who hold it, and nothing to others. `printf %s \"$SECRET\" | sha256sum | cut -c1-16` prints that of a secret.",
				Computed:            true,
			},
			"old_secret_expires_at": schema.StringAttribute{
				MarkdownDescription: "When the secret before this one stops working, as RFC 3339 time such as `2026-08-19T15:21:07.597Z`. Null if it became invalid at once, if the API gave no usable time, and for a secret that this resource did not make.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"rotated_at": schema.StringAttribute{
				MarkdownDescription: "When this secret was made, as RFC 3339 time in UTC such as `2026-08-19T14:21:07Z`. Null for a secret that this resource did not make.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"next_rotation_at": schema.StringAttribute{
				MarkdownDescription: "From when on a plan rotates the secret because of `rotate_after_days`, as RFC 3339 time in UTC such as `2026-09-18T14:21:07Z`. Null without `rotate_after_days`.",
				CustomType:          timetypes.RFC3339Type{},
				Computed:            true,
			},
			"version": schema.Int64Attribute{
				MarkdownDescription: "Unix time in seconds at which this secret was obtained, such as `1787149267`. It rises with every new secret and tells nothing about it: use it for `*_wo_version` arguments and as a trigger.",
				Computed:            true,
			},
		},
	}
}

const (
	maxGraceSeconds    = int64(apisecret.MaxGracePeriod / time.Second)
	maxRotateAfterDays = 3650
)

// IdentitySchema is for Terraform 1.12 and later; older ones ignore it.
func (r *apiSecretResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"integrator_key": identityschema.StringAttribute{
				Description:       "Key of the integrator whose secret this is, such as int_1a2b3c.",
				RequiredForImport: true,
			},
		},
	}
}

// secretless reports whether integrator_secret is known not to be set.
func (r *apiSecretResource) secretless() bool {
	return r.client != nil && r.client.ConfiguredSecret().IsZero()
}

func (r *apiSecretResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

// Create rotates the secret. If that fails after Delete, it restores the object
// that was to be replaced, so that the state is never empty.
func (r *apiSecretResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model apiSecretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	graceSet, diags := configuresGrace(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result, restored := r.rotator.Create(ctx, model.arguments(), graceSet)
	resp.Diagnostics.Append(r.say(result.Events...)...)
	switch {
	case !result.Failed:
		model.apiSecretResults = results(result.Held, model.arguments().Days)
	case restored != nil:
		model, _ = restored.State.(apiSecretModel) // as Delete has put it there
	default:
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, model.identity())...)
	resp.Diagnostics.Append(writeMemory(ctx, resp.Private, result.Memory)...)
}

// Read asks the API whether it accepts the secret in state, and never drops or
// changes it. It remembers what is due, so that the plan agrees with the planning
// that Terraform repeats during apply, perhaps hours later.
func (r *apiSecretResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state apiSecretModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory, diags := readMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found := r.rotator.Refresh(ctx, *state.object(), memory)
	resp.Diagnostics.Append(r.say(found.Events...)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(writeMemory(ctx, resp.Private, found.Memory)...)
}

// Update carries out what was planned. If it fails, what was in state stays there,
// and the next apply tries again.
func (r *apiSecretResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var model, prior apiSecretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	memory, diags := readMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result := r.rotator.Update(ctx, *prior.object(), model.arguments(), memory)
	resp.Diagnostics.Append(r.say(result.Events...)...)
	if result.Failed {
		return
	}
	model.apiSecretResults = results(result.Held, model.arguments().Days)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, model.identity())...)
	resp.Diagnostics.Append(writeMemory(ctx, resp.Private, result.Memory)...)
}

// Delete forgets the secret, or, in a replacement, keeps it for Create.
func (r *apiSecretResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state apiSecretModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory, diags := readMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result := r.rotator.Delete(ctx, rotation.Replaced{Object: *state.object(), State: state}, memory)
	resp.Diagnostics.Append(r.say(result.Events...)...)
}

// ImportState checks that the configured secret is the live one of the
// integrator named. Read then finds that it is to be adopted, and the first apply
// stores it.
func (r *apiSecretResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	key := req.ID
	if key == "" && req.Identity != nil {
		var identity apiSecretIdentity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		key = identity.IntegratorKey.ValueString()
	}
	if r.client == nil {
		resp.Diagnostics.Append(unknownSettings(r.unknown...)...)
		return
	}
	resp.Diagnostics.Append(r.say(r.rotator.CheckImport(ctx, key)...)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), key)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("integrator_key"), key)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("endpoint"), r.endpoint)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, apiSecretIdentity{types.StringValue(key)})...)
	resp.Diagnostics.Append(writeMemory(ctx, resp.Private, rotation.Memory{History: rotation.History{IntegratorKey: key, Endpoint: r.client.Endpoint()}})...)
}
