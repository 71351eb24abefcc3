// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

var (
	_ resource.ResourceWithConfigure   = (*webhookResource)(nil)
	_ resource.ResourceWithIdentity    = (*webhookResource)(nil)
	_ resource.ResourceWithImportState = (*webhookResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*webhookResource)(nil)
)

func newWebhookResource() resource.Resource { return &webhookResource{} }

// webhookResource is one of the integrator's webhooks.
type webhookResource struct{ *integrator }

type webhookModel struct {
	ID           types.String `tfsdk:"id"`
	URL          types.String `tfsdk:"url"`
	Events       []string     `tfsdk:"events"`
	FailureCount types.Int64  `tfsdk:"failure_count"`
	Disabled     types.Bool   `tfsdk:"disabled"`
}

type webhookIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (r *webhookResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook"
}

func (r *webhookResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A webhook: a URL of yours to which the platform sends events. Set `integrator_webhook_secret` as well, so that the receiver can tell them from forgeries. " + signedWith,
		Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				MarkdownDescription: "Where the platform sends the events, such as `https://example.com/webhooks`. It must use `https`. It is no secret and is shown in plaintext. A change replaces the webhook: the old one is removed before the new one is made.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1), parsedBy(client.CheckWebhookURL)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"events": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("Events to be sent: `%s`; or `%s` for all of them. `[]` is for none. The provider warns of any other event, and leaves it to the API. A change is made in place.", strings.Join(client.WebhookEvents(), "`, `"), client.AllEvents),
				ElementType:         types.StringType,
				Required:            true,
				Validators:          []validator.Set{setvalidator.NoNullValues()},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "Identifier of the webhook on the platform; `integrator_webhooks` lists them.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"failure_count": schema.Int64Attribute{
				MarkdownDescription: webhookFailureCount,
				Computed:            true,
			},
			"disabled": schema.BoolAttribute{
				MarkdownDescription: webhookDisabled,
				Computed:            true,
			},
		},
	}
}

// The descriptions that integrator_webhooks shares.
const (
	webhookFailureCount = "How many deliveries in a row have failed, as the platform counts them."
	webhookDisabled     = "Whether the platform has stopped sending events to the webhook. Only a new webhook in its place gets them again."
)

// IdentitySchema is for Terraform 1.12 and later; older ones ignore it.
func (r *webhookResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{
				Description:       "Identifier of the webhook on the platform.",
				RequiredForImport: true,
			},
		},
	}
}

func (r *webhookResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan warns of events that the provider does not know, where they are new to
// the webhook. This is not for validation: Terraform validates several times, and
// would show the warning each time.
func (r *webhookResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.applying() {
		return
	}
	var planned, stored types.Set
	at := path.Root("events")
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, at, &planned)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &stored)...)
	}
	known := append(client.WebhookEvents(), client.AllEvents)
	for _, element := range planned.Elements() {
		event, ok := element.(types.String)
		if ok && !event.IsUnknown() && !slices.Contains(known, event.ValueString()) && !slices.ContainsFunc(stored.Elements(), event.Equal) {
			resp.Diagnostics.Append(webhookEventUnknown(at.AtSetValue(event), event.ValueString()))
		}
	}
}

func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	webhook, err := r.client.CreateWebhook(ctx, plan.URL.ValueString(), plan.Events)
	r.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(webhookNotCreated(err, r.client))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, writtenWebhook(webhook, plan.Events, &resp.Diagnostics))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookIdentity{types.StringValue(webhook.ID)})...)
}

// Read drops a webhook from the state only if the API has sent a list without it.
// All reads share a list.
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookIdentity{state.ID})...)
	if resp.Diagnostics.HasError() || r.client == nil {
		return
	}
	webhooks, err := r.client.Webhooks(ctx)
	r.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(callFailed("The webhook was not read", err, r.client))
		return
	}
	i := slices.IndexFunc(webhooks, func(w client.Webhook) bool { return w.ID == state.ID.ValueString() })
	if i < 0 {
		resp.State.RemoveResource(ctx)
		return
	}
	if webhooks[i].Disabled {
		resp.Diagnostics.Append(webhookIsDisabled(&webhooks[i]))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newWebhookModel(&webhooks[i]))...)
}

func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	webhook, err := r.client.UpdateWebhook(ctx, plan.ID.ValueString(), plan.Events)
	r.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(webhookNotUpdated(err, r.client))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, writtenWebhook(webhook, plan.Events, &resp.Diagnostics))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookIdentity{plan.ID})...)
}

func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.client.DeleteWebhook(ctx, state.ID.ValueString())
	r.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(callFailed("The webhook was not deleted", err, r.client))
	}
}

func (r *webhookResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if r.client == nil {
		resp.Diagnostics.Append(unknownSettings(r.unknown...)...)
		return
	}
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), req, resp)
}

// writtenWebhook is the state after a write. Its events are those planned, whatever
// the API has answered: Terraform would refuse others. The next refresh shows those.
func writtenWebhook(w *client.Webhook, planned []string, diags *diag.Diagnostics) *webhookModel {
	missing, added := without(planned, w.Events), without(w.Events, planned)
	if len(missing) > 0 || len(added) > 0 {
		diags.Append(webhookHasOtherEvents(w, missing, added))
	}
	model := newWebhookModel(w)
	model.Events = planned
	return model
}

// without are the events that others do not have.
func without(events, others []string) []string {
	return slices.DeleteFunc(slices.Clone(events), func(event string) bool { return slices.Contains(others, event) })
}

func newWebhookModel(w *client.Webhook) *webhookModel {
	return &webhookModel{
		ID:           types.StringValue(w.ID),
		URL:          types.StringValue(w.URL),
		Events:       w.Events,
		FailureCount: types.Int64Value(w.FailureCount),
		Disabled:     types.BoolValue(w.Disabled),
	}
}
