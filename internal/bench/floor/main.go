// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command floor is nearly the smallest possible provider: one resource, made with
// the framework, that sends nothing. Every provider takes at least what it takes.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return &floor{} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/integrator/floor",
	})
	if err != nil {
		log.Fatal(err)
	}
}

type floor struct{}

func (*floor) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "floor"
}

func (*floor) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (*floor) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (*floor) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (*floor) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &secret{} }}
}

// secret is a resource whose secret is made of the argument that rotates it.
type secret struct{}

type secretModel struct {
	Rotation types.String `tfsdk:"rotation"`
	Secret   types.String `tfsdk:"secret"`
}

func (*secret) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "floor_secret"
}

func (*secret) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"rotation": schema.StringAttribute{Required: true},
			"secret":   schema.StringAttribute{Computed: true, Sensitive: true},
		},
	}
}

func (*secret) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model secretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	model.Secret = types.StringValue("not " + model.Rotation.ValueString())
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (*secret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*secret) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var model secretModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	model.Secret = types.StringValue("not " + model.Rotation.ValueString())
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (*secret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
