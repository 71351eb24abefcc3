// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"context"
	"io"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/integrator/terraform-provider-integrator/internal/protocol"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

const resourceName = "integrator_api_secret"

// diagnostic is something that a command has told its user.
type diagnostic struct {
	From            string // the RPC that it came from, "core" for Terraform's own
	Error           bool
	Summary, Detail string
}

// output is all that a command has produced.
type output struct {
	shown   []diagnostic
	hidden  []diagnostic // Terraform drops them
	planned action       // for the current object
	log     io.Writer
}

func (o *output) failed() bool {
	for _, d := range o.shown {
		if d.Error {
			return true
		}
	}
	return false
}

// complain adds an error of Terraform's own: the provider broke its contract.
func (o *output) complain(summary, detail string) {
	o.shown = append(o.shown, diagnostic{From: protocol.Core, Error: true, Summary: summary, Detail: detail})
}

// loadSchemas asks the provider once for what it says of itself.
func loadSchemas(ctx context.Context) protocol.Schemas {
	return protocol.LoadSchemas(ctx, newServer(provider.Options{}))
}

func newServer(options provider.Options) tfprotov6.ProviderServer {
	server, err := provider.NewServer("test", options)
	if err != nil {
		panic(err)
	}
	return server
}

// process is one start of the provider, with the resource.
type process struct {
	protocol.Resource
	out      *output
	applying bool
	stopped  func() bool // the user has interrupted Terraform
	forgets  forgets
	request  // of the command
}

// start starts the provider for one part of a command.
func (c *core) start(r request, out *output, applying bool) *process {
	p := &process{out: out, applying: applying, forgets: c.flavor.Forgets, request: r}
	// A call that begins after the interrupt is not canceled, but none does.
	p.stopped = func() bool { return r.ctx.Err() != nil }
	server := &mortal{
		ProviderServer: newServer(c.options(r)),
		crash:          r.crash,
		orphan:         r.orphan,
		beforeApply:    r.beforeApply,
	}
	ctx := tfsdklogtest.RootLogger(tflogtest.RootLogger(r.ctx, out.log), out.log)
	started := protocol.Start(ctx, c.schemas, server, p.hear)
	started.Identities = c.flavor.Identities
	p.Resource = started.Resource(resourceName)
	return p
}

func (p *process) hear(d protocol.Diagnostic) {
	from := d.From
	if p.applying && from == "plan" {
		from = "plan in apply"
	}
	p.out.shown = append(p.out.shown, diagnostic{from, d.Error, d.Summary, d.Detail})
}

// plan is Plan, which must never ask for a replacement.
func (p *process) plan(prior, config protocol.Attributes, private []byte, o *protocol.Object) (protocol.Planned, bool) {
	planned, ok := p.Plan(prior, config, private, o)
	if ok && len(planned.RequiresReplace) > 0 {
		p.out.complain("Provider produced invalid plan", "a replacement")
		return protocol.Planned{}, false
	}
	return planned, ok
}

// crash is when Terraform is killed: after the provider has answered a call of
// ApplyResourceChange (the first is 1), before Terraform has heard it.
type crash struct {
	Call    int
	Unsaved bool // what the calls before have changed is not stored either
}

// killed is the panic of a crash.
type killed struct{}

// mortal is a provider whose Terraform may be killed.
type mortal struct {
	tfprotov6.ProviderServer
	crash       crash
	orphan      *orphan // nil for none
	applied     int     // calls of ApplyResourceChange so far
	beforeApply func()
}

func (m *mortal) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	m.beforeApply()
	resp, err := m.orphan.call(ctx, req, m.ProviderServer.ApplyResourceChange)
	if m.applied++; m.applied == m.crash.Call {
		panic(killed{})
	}
	return resp, err
}
