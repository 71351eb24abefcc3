// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package protocol plays Terraform's part of the plugin protocol. A test drives a
// provider with it in its own process, without a Terraform: one call takes less
// than a millisecond.
//
// It makes single calls and checks what Terraform checks of their results. Which
// calls a command makes, and what is stored of them, is up to the test. What can
// only be a mistake in the test panics.
package protocol

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Diagnostic is something that a call has told.
type Diagnostic struct {
	From            string // the call, or Core
	Error           bool
	Attribute       string // such as recipients[0]; "" for none
	Summary, Detail string
}

// Core is where diagnostics of Terraform itself are from: the provider has broken
// its contract.
const Core = "core"

// Process is one start of a provider. Nothing but what Terraform hands over gets
// from one to another.
type Process struct {
	Schemas
	// Identities says that this Terraform knows resource identities.
	Identities bool

	// Deferral says that this Terraform lets data sources put off what they cannot do
	// yet, as with plan -allow-deferral.
	Deferral bool

	ctx    context.Context
	server tfprotov6.ProviderServer
	hear   func(Diagnostic)
}

// Start starts a provider. What its calls tell goes to hear.
func Start(ctx context.Context, schemas Schemas, server tfprotov6.ProviderServer, hear func(Diagnostic)) *Process {
	return &Process{Schemas: schemas, ctx: ctx, server: server, hear: hear}
}

// Configure checks the settings and hands them to the provider. Terraform allows
// deferral while it carries a plan out.
func (p *Process) Configure(settings Attributes, deferral bool) bool {
	validated, err := p.server.ValidateProviderConfig(p.ctx, &tfprotov6.ValidateProviderConfigRequest{Config: p.Settings.Encode(settings)})
	if !p.tell("validate provider", validated.Diagnostics, err) {
		return false
	}
	configured, err := p.server.ConfigureProvider(p.ctx, &tfprotov6.ConfigureProviderRequest{
		TerraformVersion:   "1.11.4",
		Config:             p.Settings.Encode(settings),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: deferral},
	})
	return p.tell("configure", configured.Diagnostics, err)
}

// ReadDataSource checks the configuration of a data source and reads it.
func (p *Process) ReadDataSource(typeName string, config Attributes) (Attributes, bool) {
	schema := p.DataSources[typeName]
	validated, err := p.server.ValidateDataResourceConfig(p.ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: schema.Encode(config)})
	if !p.tell("validate", validated.Diagnostics, err) {
		return nil, false
	}
	read, err := p.server.ReadDataSource(p.ctx, &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName, Config: schema.Encode(config),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: p.Deferral},
	})
	if err == nil && read.Deferred != nil {
		return nil, p.Deferral
	}
	return schema.Decode(read.State), p.tell("read", read.Diagnostics, err)
}

// OpenEphemeral checks the configuration of an ephemeral resource and opens it.
func (p *Process) OpenEphemeral(typeName string, config Attributes) (Attributes, bool) {
	schema := p.EphemeralResources[typeName]
	validated, err := p.server.ValidateEphemeralResourceConfig(p.ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: schema.Encode(config)})
	if !p.tell("validate", validated.Diagnostics, err) {
		return nil, false
	}
	opened, err := p.server.OpenEphemeralResource(p.ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: schema.Encode(config)})
	return schema.Decode(opened.Result), p.tell("open", opened.Diagnostics, err)
}

// tell passes the diagnostics of a call on and reports whether it succeeded.
func (p *Process) tell(call string, diagnostics []*tfprotov6.Diagnostic, err error) bool {
	if err != nil {
		p.complain(call+" failed", err.Error())
		return false
	}
	ok := true
	for _, d := range diagnostics {
		failed := d.Severity == tfprotov6.DiagnosticSeverityError
		p.hear(Diagnostic{From: call, Error: failed, Attribute: written(d.Attribute), Summary: d.Summary, Detail: d.Detail})
		ok = ok && !failed
	}
	return ok
}

// complain tells an error of Terraform's own.
func (p *Process) complain(summary, detail string) {
	p.hear(Diagnostic{From: Core, Error: true, Summary: summary, Detail: detail})
}

// written is a path as it is written in a configuration.
func written(path *tftypes.AttributePath) string {
	if path == nil {
		return ""
	}
	var text strings.Builder
	for _, step := range path.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			text.WriteString("." + string(s))
		case tftypes.ElementKeyInt:
			_, _ = fmt.Fprintf(&text, "[%d]", int64(s))
		case tftypes.ElementKeyString:
			_, _ = fmt.Fprintf(&text, "[%q]", string(s))
		case tftypes.ElementKeyValue:
			_, _ = fmt.Fprintf(&text, "[%#v]", plain(tftypes.Value(s)))
		}
	}
	return strings.TrimPrefix(text.String(), ".")
}

// List writes names as Terraform's own diagnostics show them here.
func List(names []string) string {
	content, _ := json.Marshal(names) // strings always can
	return string(content)
}
