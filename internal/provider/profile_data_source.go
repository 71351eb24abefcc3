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

var _ datasource.DataSourceWithConfigure = (*profileDataSource)(nil)

func newProfileDataSource() datasource.DataSource { return &profileDataSource{} }

// profileDataSource is the integrator's profile.
type profileDataSource struct{ *integrator }

type profileModel struct {
	ID                   types.String `tfsdk:"id"`
	IntegratorKey        types.String `tfsdk:"integrator_key"`
	Name                 types.String `tfsdk:"name"`
	Email                types.String `tfsdk:"email"`
	CanSubsidizeUserFees types.Bool   `tfsdk:"can_subsidize_user_fees"`
	ACHDebitEnabled      types.Bool   `tfsdk:"ach_debit_enabled"`
	BillPayEnabled       types.Bool   `tfsdk:"bill_pay_enabled"`
	CreatedAt            types.String `tfsdk:"created_at"`
}

func (d *profileDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_profile"
}

func (d *profileDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The profile of the integrator that the provider acts for. " + signedWith,
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "Identifier of the integrator on the platform.",
				Computed:            true,
			},
			"integrator_key": schema.StringAttribute{
				MarkdownDescription: "Key of the integrator, such as `int_1a2b3c`.",
				Computed:            true,
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the integrator, such as `Example Ltd`.",
				Computed:            true,
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "Email address of the integrator, such as `ops@example.com`.",
				Computed:            true,
			},
			"can_subsidize_user_fees": schema.BoolAttribute{
				MarkdownDescription: "Whether the integrator may pay its users' fees.",
				Computed:            true,
			},
			"ach_debit_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether ACH debit is enabled.",
				Computed:            true,
			},
			"bill_pay_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether bill pay is enabled.",
				Computed:            true,
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the integrator was created, as RFC 3339 time such as `2025-11-22T09:30:00.000Z`.",
				Computed:            true,
			},
		},
	}
}

func (d *profileDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *profileDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.mayRead(req, resp) {
		return
	}
	profile, err := d.client.Profile(ctx)
	d.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(callFailed("The integrator's profile was not read", err, d.client))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newProfileModel(profile))...)
}

func newProfileModel(p *client.Profile) *profileModel {
	return &profileModel{
		ID:                   types.StringValue(p.ID),
		IntegratorKey:        types.StringValue(p.IntegratorKey),
		Name:                 types.StringValue(p.Name),
		Email:                types.StringValue(p.Email),
		CanSubsidizeUserFees: types.BoolValue(p.CanSubsidizeUserFees),
		ACHDebitEnabled:      types.BoolValue(p.ACHDebitEnabled),
		BillPayEnabled:       types.BoolValue(p.BillPayEnabled),
		CreatedAt:            types.StringValue(p.CreatedAt),
	}
}
