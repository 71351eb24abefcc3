// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package provider translates between Terraform and the packages that do the work.
//
// For integrator_api_secret it maps what Terraform hands over (api_secret_model.go)
// to the terms of package rotation, which decides and acts, and maps the result
// back; api_secret_events.go puts what has happened into words. The other types
// call package client themselves. The files named diagnostics hold all the texts.
package provider

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

var (
	_ provider.ProviderWithEphemeralResources = (*integratorProvider)(nil)
	_ provider.ProviderWithListResources      = (*integratorProvider)(nil)
)

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

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Clock == nil {
		o.Clock = time.Now //nolint:forbidigo // where the clock comes from
	}
	if o.BeginRotation == nil {
		o.BeginRotation = func() func() { return func() {} }
	}
	return o
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

func (p *integratorProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "integrator"
	resp.Version = p.version
}

func (p *integratorProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Rotates the API secret of an integrator of the Spritz Finance platform, and keeps it where Terraform can hand it on. Works with Terraform and OpenTofu 1.8 and later.",
		Attributes: map[string]schema.Attribute{
			settingMaxRetries: schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How often a request is tried again, 0 to %d; default %d, 0 turns retries off. Regenerating the secret is only tried again where that cannot lose one, and making something else only where that cannot make a second one.", maxMaxRetries, client.DefaultMaxRetries),
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(0, maxMaxRetries)},
			},
			settingSkipCredentialsValidation: schema.BoolAttribute{
				MarkdownDescription: "`true` stops refresh, plan and import from asking the API whether the secrets that they know are still accepted; default `false`. A secret that was rotated elsewhere is not noticed then.",
				Optional:            true,
			},
		},
	}
	for _, s := range settings() {
		resp.Schema.Attributes[s.name] = schema.StringAttribute{
			MarkdownDescription: s.markdown(),
			Optional:            true,
			Sensitive:           s.sensitive,
			Validators:          []validator.String{parsedBy(s.check, s.hints()...)},
		}
	}
}

// Configure does no network. What is unknown during plan leaves the client
// unbuilt; what is missing or wrong is an error before anything is sent.
func (p *integratorProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resolver := resolver{config: req.Config, getenv: p.options.Getenv}
	settings := resolver.resolve(ctx)
	resp.Diagnostics.Append(resolver.diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	integrator := &integrator{
		unknown:     settings.unknown,
		ageIdentity: settings.ageIdentity,
		clock:       p.options.Clock,
		applying:    carriesOutPlan(req),
	}
	core := rotation.Config{
		Clock:          p.options.Clock,
		Open:           settings.ageIdentity.Open,
		HasKey:         !settings.ageIdentity.IsZero(),
		Seal:           seal,
		Begin:          p.options.BeginRotation,
		SkipValidation: settings.skipValidation,
		Applying:       carriesOutPlan(req),
	}
	if len(settings.unknown) == 0 {
		config := settings.client
		config.Clock, config.RetryWait, config.Sleep = p.options.Clock, p.options.RetryWait, p.options.Sleep
		config.UserAgent = fmt.Sprintf("terraform-provider-integrator/%s Terraform/%s", p.version, req.TerraformVersion)
		config.Log = func(ctx context.Context, message string, fields map[string]any) { tflog.Debug(ctx, message, fields) }
		integrator.client = client.New(config)
		core.API, core.Configured = integrator.client, config.Secret
		core.IntegratorKey, core.Endpoint = config.IntegratorKey, config.Endpoint.String()
		if settings.recoveryDir != "" {
			integrator.recovery = recovery.NewStore(settings.recoveryDir, config.IntegratorKey, config.Endpoint.String())
			core.Store = integrator.recovery
		}
	}
	integrator.rotator = rotation.New(core)
	resp.ResourceData = integrator
	resp.DataSourceData = integrator
	resp.EphemeralResourceData = integrator
	resp.ListResourceData = integrator
}

// carriesOutPlan reports whether Terraform is known to be applying: it lets a
// provider defer changes in that walk only. It asks for the plan again then, and
// the warnings of that plan would be shown twice. OpenTofu and Terraform 1.8 never
// tell, so nothing may depend on the answer but warnings, and errors that stand in
// for an error of the apply.
func carriesOutPlan(req provider.ConfigureRequest) bool {
	return req.ClientCapabilities.DeferralAllowed
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

func (p *integratorProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newWebhookListResource}
}
