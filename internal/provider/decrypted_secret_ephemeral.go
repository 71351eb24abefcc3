// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*decryptedSecretEphemeral)(nil)

func newDecryptedSecretEphemeral() ephemeral.EphemeralResource { return &decryptedSecretEphemeral{} }

// decryptedSecretEphemeral opens a ciphertext in memory. It does no network.
type decryptedSecretEphemeral struct{ *integrator }

type decryptedSecretModel struct {
	Ciphertext  types.String `tfsdk:"ciphertext"`
	AgeIdentity types.String `tfsdk:"age_identity"`
	Secret      types.String `tfsdk:"secret"`
}

func (e *decryptedSecretEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_decrypted_secret"
}

func (e *decryptedSecretEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Opens the `encrypted_secret` of an `integrator_api_secret`, in memory only, for the write-only argument of another resource or for another provider's configuration. It sends nothing. A ciphertext that is known only after apply is opened during apply. Needs Terraform 1.10 or OpenTofu 1.11.",
		Attributes: map[string]schema.Attribute{
			"ciphertext": schema.StringAttribute{
				MarkdownDescription: "Armored age ciphertext, such as `integrator_api_secret.example.encrypted_secret`.",
				Required:            true,
			},
			"age_identity": schema.StringAttribute{
				MarkdownDescription: "Private key that opens it: the content of an age identity file (`AGE-SECRET-KEY-1…`) or of an SSH private key file without a passphrase; default the provider's `age_identity`. Hand it in as an ephemeral variable, so that it is stored nowhere.",
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{parsedBy(checkAgeIdentity)},
			},
			"secret": schema.StringAttribute{
				MarkdownDescription: "The secret in plaintext.",
				Computed:            true,
				Sensitive:           true,
			},
		},
	}
}

func (e *decryptedSecretEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.integrator = integratorFrom(req.ProviderData, &resp.Diagnostics)
}

func (e *decryptedSecretEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model decryptedSecretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	key := e.ageIdentity
	if text := model.AgeIdentity.ValueString(); text != "" {
		key, _ = envelope.ParseAgeIdentity(text) // checked
	}
	switch {
	case !key.IsZero():
	case slices.Contains(e.unknown, settingAgeIdentity):
		resp.Diagnostics.Append(unknownSettings(settingAgeIdentity)...)
		return
	default:
		resp.Diagnostics.Append(ageIdentityMissing())
		return
	}
	secret, err := key.Open(model.Ciphertext.ValueString())
	if err != nil {
		resp.Diagnostics.Append(cannotOpen(err))
		return
	}
	model.Secret = types.StringValue(secret)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
}
