// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

var (
	_ resource.ResourceWithConfigure  = (*webhookSecretResource)(nil)
	_ resource.ResourceWithModifyPlan = (*webhookSecretResource)(nil)
)

func newWebhookSecretResource() resource.Resource { return &webhookSecretResource{} }

// webhookSecretResource is the one secret that signs the payloads of all of the
// integrator's webhooks. The API shows nothing of it.
type webhookSecretResource struct{ *integrator }

type webhookSecretModel struct {
	ID              types.String `tfsdk:"id"`
	SecretWO        types.String `tfsdk:"secret_wo"` // null but in a configuration
	SecretWOVersion types.Int64  `tfsdk:"secret_wo_version"`
}

func (r *webhookSecretResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_secret"
}

func (r *webhookSecretResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The secret with which the platform signs the payloads of all webhooks of the integrator: HMAC-SHA256 of the raw body, in hex, in the header `Signature`. It is sent and not stored. " +
			"The API neither shows nor removes it, so that a change made elsewhere is not noticed, and destroying this resource leaves it in force. Needs Terraform 1.11 or OpenTofu 1.11. " + signedWith,
		Attributes: map[string]schema.Attribute{
			"secret_wo": schema.StringAttribute{
				MarkdownDescription: "The secret, of your choosing and random. It is write-only: neither plan nor state holds it, and it may be an ephemeral value. It is sent on creation, and again when `secret_wo_version` changes.",
				Required:            true,
				Sensitive:           true,
				WriteOnly:           true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1), parsedBy(checkSecret)},
			},
			"secret_wo_version": schema.Int64Attribute{
				MarkdownDescription: "Any whole number, such as `1`: a change of it sends `secret_wo` again, in place. A change of `secret_wo` alone is not noticed.",
				Required:            true,
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "Key of the integrator whose secret this is, such as `int_1a2b3c`. If the provider is set to another integrator, the secret is sent for that one, in place.",
				Computed:            true,
			},
		},
	}
}

func (r *webhookSecretResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan plans the integrator that the provider acts for, so that another
// one is a change.
func (r *webhookSecretResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		// In a replacement, Terraform does not ask for the plan of the destruction
		// until it is applying.
		if !r.applying() {
			var id types.String
			resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
			resp.Diagnostics.Append(webhookSecretStays(id.ValueString()))
		}
		return
	}
	if r.client != nil {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), r.client.IntegratorKey())...)
	}
}

func (r *webhookSecretResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.set(ctx, req.Config, &resp.State, &resp.Diagnostics)
}

// Read has nothing to read.
func (r *webhookSecretResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *webhookSecretResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.set(ctx, req.Config, &resp.State, &resp.Diagnostics)
}

// Delete forgets: the API has no call to remove a webhook secret.
func (r *webhookSecretResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// set sends the secret of a configuration, and stores the rest of it.
func (r *webhookSecretResource) set(ctx context.Context, config tfsdk.Config, state *tfsdk.State, diags *diag.Diagnostics) {
	var model webhookSecretModel
	diags.Append(config.Get(ctx, &model)...)
	if diags.HasError() {
		return
	}
	err := r.client.SetWebhookSecret(ctx, apisecret.New(model.SecretWO.ValueString()))
	r.warnOfClock(diags)
	if err != nil {
		diags.Append(callFailed("The webhook secret was not set", err, r.client))
		return
	}
	model.SecretWO = types.StringNull()
	model.ID = types.StringValue(r.client.IntegratorKey())
	diags.Append(state.Set(ctx, model)...)
}
