// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package provider translates between Terraform and the integrator API; the
// API itself is spoken by package client.
package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

var _ provider.ProviderWithEphemeralResources = (*integratorProvider)(nil)

// Options replaces what the provider takes from its surroundings; the zero
// value takes it from the process. Tests set them.
type Options struct {
	Getenv func(string) string
	Clock  func() time.Time
	// RetryWait and Sleep are those of client.Config.
	RetryWait time.Duration
	Sleep     func(context.Context, time.Duration) error
	// BeginRotation is told when a rotation is in flight, until it calls done.
	BeginRotation func() (done func())
}

// New returns the provider's factory. The version appears in the User-Agent.
func New(version string, options Options) func() provider.Provider {
	return func() provider.Provider {
		return &integratorProvider{version: version, options: options.withDefaults()}
	}
}

type integratorProvider struct {
	version string
	options Options
}

type providerModel struct {
	IntegratorKey             types.String `tfsdk:"integrator_key"`
	IntegratorSecret          types.String `tfsdk:"integrator_secret"`
	UserAPIKey                types.String `tfsdk:"user_api_key"`
	Environment               types.String `tfsdk:"environment"`
	Endpoint                  types.String `tfsdk:"endpoint"`
	MaxRetries                types.Int64  `tfsdk:"max_retries"`
	RequestTimeout            types.String `tfsdk:"request_timeout"`
	RecoveryDir               types.String `tfsdk:"recovery_dir"`
	Identity                  types.String `tfsdk:"identity"`
	SkipCredentialsValidation types.Bool   `tfsdk:"skip_credentials_validation"`
}

func (p *integratorProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "integrator"
	resp.Version = p.version
}

func (p *integratorProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Rotates the API secret of an integrator of the Spritz Finance platform, and keeps it where Terraform can hand it on. Works with Terraform and OpenTofu 1.8 and later.",
		Attributes: map[string]schema.Attribute{
			settingKey: schema.StringAttribute{
				MarkdownDescription: "Key of the integrator to act for, such as `int_1a2b3c`. It must be set, and is no secret. " + fromEnvironment(settingKey),
				Optional:            true,
				Validators:          []validator.String{parsedBy(checkKey, inEnvironment(settingKey))},
			},
			settingSecret: schema.StringAttribute{
				MarkdownDescription: "API secret of the integrator, such as `sk_live_…`. It must be set, and be live for the first apply; from then on the secret in the state of `integrator_api_secret` signs its rotations. The other types, and a replacement with `create_before_destroy`, cannot see that state and need this one to be live. " + fromEnvironment(settingSecret),
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{parsedBy(checkSecret, inEnvironment(settingSecret))},
			},
			settingUserAPIKey: schema.StringAttribute{
				MarkdownDescription: "User API key, such as `ak_…`, sent as bearer token beside the signature. Leave it out if the platform gave you none. " + fromEnvironment(settingUserAPIKey),
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{parsedBy(checkUserAPIKey, inEnvironment(settingUserAPIKey))},
			},
			settingEnvironment: schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("Environment of the platform: `%s` (default) or `%s`. Each has its own integrators and secrets. ", client.Production, client.Sandbox) + fromEnvironment(settingEnvironment),
				Optional:            true,
				Validators:          []validator.String{parsedBy(checkEnvironment, inEnvironment(settingEnvironment))},
			},
			settingEndpoint: schema.StringAttribute{
				MarkdownDescription: "Base URL of the API, such as `https://sandbox.spritz.finance`, for a proxy or an emulator; wherever it is set, it overrides `environment`. It must use `https`; `http` is allowed for a loopback host only. " + fromEnvironment(settingEndpoint),
				Optional:            true,
				Validators:          []validator.String{parsedBy(checkEndpoint, inEnvironment(settingEndpoint))},
			},
			settingMaxRetries: schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How often a request is tried again, 0 to %d; default %d, 0 turns retries off. Regenerating the secret is only tried again where that cannot lose one, and making something else only where that cannot make a second one.", maxMaxRetries, client.DefaultMaxRetries),
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(0, maxMaxRetries)},
			},
			settingRequestTimeout: schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("How long to wait for the answer to one request, as a Go duration between `%s` and `%s`, such as `30s`; default `2m`. Refresh and plan wait no longer than 20 s for a secret that they check.", minRequestTimeout, maxRequestTimeout),
				Optional:            true,
				Validators:          []validator.String{parsedBy(checkRequestTimeout)},
			},
			settingRecoveryDir: schema.StringAttribute{
				MarkdownDescription: "Folder, such as `/var/lib/integrator`, where a new secret is kept in a file from the moment the API shows it until a refresh finds it in the state; without it, a secret is lost if Terraform is killed before it has stored the state. The file is readable by its owner only and holds the secret in the clear, unless `recipients` encrypts it. The folder has to outlast the run, so in CI it has to be on a persistent volume. " + fromEnvironment(settingRecoveryDir),
				Optional:            true,
				Validators:          []validator.String{parsedBy(checkRecoveryDir, inEnvironment(settingRecoveryDir))},
			},
			settingIdentity: schema.StringAttribute{
				MarkdownDescription: "Private key that opens secrets encrypted for `recipients`, in the state and in the recovery folder, in memory only: the content of an age identity file (`AGE-SECRET-KEY-1…`) or of an SSH private key file without a passphrase. It is never stored; an ephemeral value may be used. Without it, an encrypted secret cannot be checked or sign the next rotation, unless `integrator_secret` is the same one. " + fromEnvironment(settingIdentity),
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{parsedBy(checkIdentity, inEnvironment(settingIdentity))},
			},
			settingSkipCredentialsValidation: schema.BoolAttribute{
				MarkdownDescription: "`true` stops refresh, plan and import from asking the API whether the secrets that they know are still accepted; default `false`. A secret that was rotated elsewhere is not noticed then.",
				Optional:            true,
			},
		},
	}
}

// Configure does no network. What is unknown during plan leaves the client
// unbuilt; what is missing or wrong is an error before anything is sent.
func (p *integratorProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diags := p.resolve(model)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	integrator := &integrator{
		unknown:        settings.unknown,
		identity:       settings.identity,
		clock:          p.options.Clock,
		beginRotation:  p.options.BeginRotation,
		skipValidation: model.SkipCredentialsValidation.ValueBool(),
		applying:       req.ClientCapabilities.DeferralAllowed,
	}
	if len(settings.unknown) == 0 {
		config := settings.client
		config.UserAgent = fmt.Sprintf("terraform-provider-integrator/%s Terraform/%s", p.version, req.TerraformVersion)
		config.Log = func(ctx context.Context, message string, fields map[string]any) { tflog.Debug(ctx, message, fields) }
		integrator.client = client.New(config)
		if settings.recoveryDir != "" {
			integrator.recovery = recovery.NewStore(settings.recoveryDir, config.IntegratorKey, config.Endpoint.String())
		}
	}
	resp.ResourceData = integrator
	resp.DataSourceData = integrator
	resp.EphemeralResourceData = integrator
}

func (p *integratorProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newAPISecretResource, newWebhookResource, newWebhookSecretResource}
}

func (p *integratorProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newProfileDataSource, newWebhooksDataSource}
}

func (p *integratorProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newDecryptedSecretEphemeral, newAccessTokenEphemeral}
}
