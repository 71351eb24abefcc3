// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// store stands in for a secret store and its provider, as far as the published
// loops use them. What is in the schemas is named and typed as in the real
// provider.
type store struct {
	provider, typeName string
	resource           schema.Schema
	ephemeral          ephemeralschema.Schema // without attributes where the provider has none
	location           []path.Path            // in both
	written            path.Path              // the write-only argument
	read               func(written string) (attribute string, value any)

	mu      sync.Mutex
	secrets map[string]string // by location
	writes  int
	fail    bool // the next write
}

// put is what a person does by hand before the first apply.
func (s *store) put(location, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets = map[string]string{location: secret}
}

func (s *store) get(location string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[location]
}

func (s *store) failOnce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = true
}

// expect checks what a location holds, and how often the store was written to.
func (s *store) expect(t *testing.T, location, secret string, writes int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secrets[location] != secret {
		t.Error("the store does not hold the newest secret")
	}
	if s.writes != writes {
		t.Errorf("the store was written to %d times, not %d", s.writes, writes)
	}
}

func (s *store) locate(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) string {
	var parts []string
	for _, p := range s.location {
		var part string
		diags.Append(config.GetAttribute(ctx, p, &part)...)
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

func (s *store) write(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	var secret string
	diags.Append(config.GetAttribute(ctx, s.written, &secret)...)
	location := s.locate(ctx, config, diags)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail {
		s.fail = false
		diags.AddError("The store is sealed", "Nothing was written.")
	}
	if diags.HasError() {
		return
	}
	s.secrets[location] = secret
	s.writes++
}

var (
	_ provider.ProviderWithEphemeralResources = storeProvider{}
	_ resource.Resource                       = storeResource{}
	_ ephemeral.EphemeralResource             = storeEphemeral{}
)

type storeProvider struct{ *store }

func (p storeProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.provider
}

func (p storeProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p storeProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p storeProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p storeProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return storeResource(p) }}
}

func (p storeProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	if p.ephemeral.Attributes == nil {
		return nil
	}
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return storeEphemeral(p) }}
}

type storeResource struct{ *store }

func (r storeResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
}

func (r storeResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.resource
}

func (r storeResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.write(ctx, req.Config, &resp.Diagnostics)
	resp.State.Raw = req.Plan.Raw // without the write-only argument
}

func (r storeResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r storeResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.write(ctx, req.Config, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.State.Raw = req.Plan.Raw
	}
}

func (r storeResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

type storeEphemeral struct{ *store }

func (e storeEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = e.typeName
}

func (e storeEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = e.ephemeral
}

func (e storeEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	written := e.get(e.locate(ctx, req.Config, &resp.Diagnostics))
	if written == "" {
		resp.Diagnostics.AddError("There is no such secret", "Put it there first.")
		return
	}
	resp.Result.Raw = req.Config.Raw
	attribute, value := e.read(written)
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, path.Root(attribute), value)...)
}
