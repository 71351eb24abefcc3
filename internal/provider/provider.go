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
	"slices"
	"sync/atomic"
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
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
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
	// RetryWait, Sleep and Orphaned are those of client.Config.
	RetryWait time.Duration
	Sleep     func(context.Context, time.Duration) error
	Orphaned  func() bool
	// Interrupted reports whether Ctrl-C has reached this process, which may be all that
	// it hears of the interrupt; false by default.
	Interrupted func() bool
	// BeginRotation is told when a rotation is in flight, until it calls done.
	BeginRotation func() (done func())
	// WorkingDir is where Terraform's data directory is; the process's by default.
	WorkingDir string
	// WorkFactor is that of sealing with a secret; envelope.WorkFactor by default. Tests
	// that seal a thousand times take a lower one.
	WorkFactor int
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Clock == nil {
		o.Clock = time.Now //nolint:forbidigo // where the clock comes from
	}
	if o.Interrupted == nil {
		o.Interrupted = func() bool { return false }
	}
	if o.BeginRotation == nil {
		o.BeginRotation = func() func() { return func() {} }
	}
	if o.WorkingDir == "" {
		o.WorkingDir = "."
	}
	if o.WorkFactor == 0 {
		o.WorkFactor = envelope.WorkFactor
	}
	return o
}

// integratorProvider is made by NewServer. Its version appears in the User-Agent.
type integratorProvider struct {
	version string
	options Options
	rotator atomic.Pointer[rotation.Rotator] // nil until it is configured
	// refreshed says that Terraform has asked it to read a resource.
	refreshed atomic.Bool
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
			settingSkipRecovery: schema.BoolAttribute{
				MarkdownDescription: "`true` turns the recovery folder off; default `false`. A new secret is lost then if Terraform is killed before it has stored the state. Can also be set with the environment variable `INTEGRATOR_SKIP_RECOVERY`.",
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
		key:         settings.client.IntegratorKey,
		ageIdentity: settings.ageIdentity,
		clock:       p.options.Clock,
		mayDefer:    req.ClientCapabilities.DeferralAllowed,
		refreshed:   &p.refreshed,
	}
	core := rotation.Config{
		IntegratorKey:  settings.client.IntegratorKey,
		Clock:          p.options.Clock,
		Open:           settings.ageIdentity.Open,
		HasKey:         !settings.ageIdentity.IsZero(),
		Seal:           seal,
		SealWith:       sealWith(p.options.WorkFactor),
		OpenWith:       openWith,
		Begin:          p.options.BeginRotation,
		SkipValidation: settings.skipValidation,
		Applying:       integrator.applying,
		Planning:       integrator.planning,
	}
	if settings.client.Endpoint != nil {
		integrator.endpoint = settings.client.Endpoint.String()
		core.Endpoint = integrator.endpoint
	}
	if folder := p.recoveryFolder(settings); folder != "" {
		integrator.recovery = recovery.NewFolder(folder, integrator.key, integrator.endpoint)
		core.Store, core.StoreRequired = recoveryStore{integrator.recovery, p.options.Clock}, settings.recoveryDir != ""
	}
	if len(settings.unknown) == 0 {
		config := settings.client
		config.Clock, config.RetryWait, config.Sleep = p.options.Clock, p.options.RetryWait, p.options.Sleep
		config.Orphaned = p.options.Orphaned
		config.UserAgent = fmt.Sprintf("terraform-provider-integrator/%s Terraform/%s", p.version, req.TerraformVersion)
		config.Log = func(ctx context.Context, message string, fields map[string]any) { tflog.Debug(ctx, message, fields) }
		integrator.client = client.New(config)
		core.API, core.Configured = integrator.client, config.Secret
	}
	integrator.rotator = rotation.New(core)
	p.rotator.Store(integrator.rotator)
	p.refreshed.Store(false) // under a debugger, one process serves several runs
	resp.ResourceData = integrator
	resp.DataSourceData = integrator
	resp.EphemeralResourceData = integrator
	resp.ListResourceData = integrator
}

// recoveryFolder is where secrets are kept for recovery, "" for nowhere. A plan that
// does not know the integrator, or the folder, has none.
func (p *integratorProvider) recoveryFolder(settings resolved) string {
	named := func(name string) bool {
		return slices.Contains([]string{settingKey, settingEndpoint, settingEnvironment, settingRecoveryDir, settingSkipRecovery}, name)
	}
	switch {
	case settings.skipRecovery, slices.ContainsFunc(settings.unknown, named):
		return ""
	case settings.recoveryDir != "":
		return settings.recoveryDir
	}
	return recovery.DefaultFolder(p.options.Getenv, p.options.WorkingDir)
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
