// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
)

var _ list.ListResourceWithConfigure = (*webhookListResource)(nil)

func newWebhookListResource() list.ListResource { return &webhookListResource{} }

// webhookListResource finds the webhooks that there are, for terraform query of
// Terraform 1.14 and later. It has its name and its configuration from the resource
// that it lists.
type webhookListResource struct{ webhookResource }

func (r *webhookListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All webhooks of the integrator, whoever made them, for `terraform query`. " + signedWith,
	}
}

func (r *webhookListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	if r.client == nil {
		stream.Results = list.ListResultsStreamDiagnostics(unknownSettings(r.unknown...))
		return
	}
	webhooks, err := r.client.Webhooks(ctx)
	var diags diag.Diagnostics
	r.warnOfClock(&diags)
	if err != nil {
		diags.Append(callFailed("The webhooks were not read", err, r.client))
	}
	stream.Results = func(push func(list.ListResult) bool) {
		if len(diags) > 0 && !push(list.ListResult{Diagnostics: diags}) {
			return
		}
		for i := range webhooks {
			model := newWebhookModel(&webhooks[i])
			found := req.NewListResult(ctx)
			found.DisplayName = webhooks[i].URL
			found.Diagnostics.Append(found.Identity.Set(ctx, webhookIdentity{model.ID})...)
			found.Diagnostics.Append(found.Resource.Set(ctx, model)...)
			if !push(found) {
				return
			}
		}
	}
}
