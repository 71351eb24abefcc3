// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*accessTokenEphemeral)(nil)

func newAccessTokenEphemeral() ephemeral.EphemeralResource { return &accessTokenEphemeral{} }

// accessTokenEphemeral is an access token of one of the integrator's
// users.
type accessTokenEphemeral struct{ *integrator }

type accessTokenModel struct {
	UserAPIKey  types.String `tfsdk:"user_api_key"`
	ExpiresIn   types.Int64  `tfsdk:"expires_in"`
	AccessToken types.String `tfsdk:"access_token"`
	UserID      types.String `tfsdk:"user_id"`
	TokenType   types.String `tfsdk:"token_type"`
	ExpiresAt   types.String `tfsdk:"expires_at"`
}

func (e *accessTokenEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (e *accessTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A short-lived access token with which to act for one of the integrator's users. Each plan and each apply makes a new one, unless an argument is not known yet; no plan and no state holds it. " +
			"The API allows an integrator 100 tokens a minute; beyond that the provider waits as long as the API asks, up to a minute. Needs Terraform 1.10 or OpenTofu 1.11. " + signedWith,
		Attributes: map[string]schema.Attribute{
			"user_api_key": schema.StringAttribute{
				MarkdownDescription: "API key of the user to act for, such as `ak_…`. It may be an ephemeral value.",
				Required:            true,
				Sensitive:           true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1), parsedBy(checkUserAPIKey)},
			},
			"expires_in": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How many seconds the token is valid, a whole number from 1 to %d; default %d. It is not renewed while Terraform runs.", maxTokenSeconds, maxTokenSeconds),
				Optional:            true,
				Computed:            true,
				Validators:          []validator.Int64{int64validator.Between(1, maxTokenSeconds)},
			},
			"access_token": schema.StringAttribute{
				MarkdownDescription: "The token, such as `spr_…`.",
				Computed:            true,
				Sensitive:           true,
			},
			"user_id": schema.StringAttribute{
				MarkdownDescription: "Identifier of the user on the platform.",
				Computed:            true,
			},
			"token_type": schema.StringAttribute{
				MarkdownDescription: "How the token is to be presented: `Bearer`.",
				Computed:            true,
			},
			"expires_at": schema.StringAttribute{
				MarkdownDescription: "When the token expires, as RFC 3339 time such as `2026-08-19T15:21:07.597Z`.",
				Computed:            true,
			},
		},
	}
}

const maxTokenSeconds = int64(client.MaxTokenLifetime / time.Second)

func (e *accessTokenEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

// Open makes a token. Terraform leaves it out as long as an argument is unknown.
func (e *accessTokenEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model accessTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if e.client == nil {
		resp.Diagnostics.Append(unknownSettings(e.unknown...)...)
		return
	}
	if model.ExpiresIn.IsNull() {
		model.ExpiresIn = types.Int64Value(maxTokenSeconds)
	}
	token, err := e.client.CreateAccessToken(ctx, client.AccessTokenInput{
		UserAPIKey: apisecret.New(model.UserAPIKey.ValueString()),
		Lifetime:   time.Duration(model.ExpiresIn.ValueInt64()) * time.Second,
	})
	e.warnOfClock(&resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.Append(accessTokenNotMade(err, e.client))
		return
	}
	model.store(token)
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

func (m *accessTokenModel) store(token *client.AccessToken) {
	m.AccessToken = types.StringValue(token.Token.Reveal())
	m.UserID = types.StringValue(token.UserID)
	m.TokenType = types.StringValue(token.TokenType)
	m.ExpiresAt = types.StringValue(token.ExpiresAt)
}
