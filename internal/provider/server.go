// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns a provider that speaks the plugin protocol.
func NewServer(version string, options Options) (*Server, error) {
	p := &integratorProvider{version: version, options: options.withDefaults()}
	framework, ok := providerserver.NewProtocol6(p)().(listServer)
	if !ok {
		return nil, errors.New("the plugin framework does not serve list resources")
	}
	return &Server{listServer: framework, provider: p}, nil
}

// listServer is what the framework serves: without embedding both, Server would hide
// that it can list.
type listServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
}

// Server is a provider, as Terraform calls it. It tells the provider of calls that the
// framework does not pass on.
type Server struct {
	listServer
	provider *integratorProvider
	stopped  atomic.Bool
}

// StopProvider is called when somebody has interrupted Terraform.
func (s *Server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.stopped.Store(true)
	return s.listServer.StopProvider(ctx, req)
}

// Settle is called when Terraform has ended the provider. If nobody has interrupted it,
// it stores what the provider has returned, so that the recovery folder's copy of that
// is no longer the outcome of an interrupted rotation.
func (s *Server) Settle() {
	interrupted := s.stopped.Load() || s.provider.options.Interrupted()
	if rotator := s.provider.rotator.Load(); rotator != nil && !interrupted {
		rotator.Settle()
	}
}

// ReadResource is never called by a Terraform that carries out a plan.
func (s *Server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	s.provider.refreshed.Store(true)
	return s.listServer.ReadResource(ctx, req)
}

// UpgradeResourceState is how Terraform loads an object from a state. It can replace
// the object without showing it to anything else in the process that applies.
func (s *Server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	resp, err := s.listServer.UpgradeResourceState(ctx, req)
	if err == nil && req.TypeName == "integrator_api_secret" && resp.UpgradedState != nil {
		s.provider.load(ctx, resp.UpgradedState)
	}
	return resp, err
}

// load tells the core of an object. What cannot be read here is left alone: the
// call that is shown it says so.
func (p *integratorProvider) load(ctx context.Context, loaded *tfprotov6.DynamicValue) {
	rotator := p.rotator.Load()
	if rotator == nil { // Terraform loads nothing before it has configured the provider
		return
	}
	var schema resource.SchemaResponse
	newAPISecretResource().Schema(ctx, resource.SchemaRequest{}, &schema)
	value, err := loaded.Unmarshal(schema.Schema.Type().TerraformType(ctx))
	if err != nil {
		return
	}
	var model apiSecretModel
	state := tfsdk.State{Raw: value, Schema: schema.Schema}
	if diags := state.Get(ctx, &model); !diags.HasError() {
		rotator.Load(model.held())
	}
}
