// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

var _ datasource.DataSourceWithConfigure = (*webhooksDataSource)(nil)

func newWebhooksDataSource() datasource.DataSource { return &webhooksDataSource{} }

// webhooksDataSource is the list of the integrator's webhooks.
type webhooksDataSource struct{ *integrator }

type webhooksModel struct {
	Webhooks []*webhookModel `tfsdk:"webhooks"`
}

func (d *webhooksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhooks"
}

func (d *webhooksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All webhooks of the integrator, whoever made them. " + signedWith,
		Attributes: map[string]schema.Attribute{
			"webhooks": schema.ListNestedAttribute{
				MarkdownDescription: "The webhooks, in the order in which the API lists them.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.StringAttribute{
						MarkdownDescription: "Identifier of the webhook on the platform: what `terraform import` of an `integrator_webhook` takes.",
						Computed:            true,
					},
					"url": schema.StringAttribute{
						MarkdownDescription: "Where the platform sends the events, such as `https://example.com/webhooks`.",
						Computed:            true,
					},
					"events": schema.SetAttribute{
						MarkdownDescription: "Events that are sent, such as `payment.completed`; `" + client.AllEvents + "` is all of them.",
						ElementType:         types.StringType,
						Computed:            true,
					},
					"failure_count": schema.Int64Attribute{
						MarkdownDescription: webhookFailureCount,
						Computed:            true,
					},
					"disabled": schema.BoolAttribute{
						MarkdownDescription: webhookDisabled,
						Computed:            true,
					},
				}},
			},
		},
	}
}

func (d *webhooksDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *webhooksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.mayRead(req, resp) {
		return
	}
	webhooks, err := d.client.Webhooks(ctx)
	d.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(callFailed("The webhooks were not read", err, d.client))
		return
	}
	models := []*webhookModel{} // not nil, which would be null
	for i := range webhooks {
		models = append(models, newWebhookModel(&webhooks[i]))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, webhooksModel{models})...)
}
