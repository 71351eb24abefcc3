// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"context"
	"encoding/json"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

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
	o.shown = append(o.shown, diagnostic{From: "core", Error: true, Summary: summary, Detail: detail})
}

// schemas are what the provider says of itself, asked for once.
type schemas struct{ settings, resource schema }

func loadSchemas(ctx context.Context) schemas {
	server := providerserver.NewProtocol6(provider.New("test", provider.Options{})())()
	resp, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		panic(err)
	}
	return schemas{schema{resp.Provider}, schema{resp.ResourceSchemas[resourceName]}}
}

// process is one start of the provider. Nothing but what Terraform hands over
// gets from one to another.
type process struct {
	schemas
	ctx    context.Context
	server tfprotov6.ProviderServer
	out    *output

	identities  bool // this Terraform knows resource identities
	applying    bool
	applied     int // calls of ApplyResourceChange so far
	crash       crash
	stopped     func() bool // the user has interrupted Terraform
	beforeApply func()
}

// crash is when Terraform is killed: after the provider has answered a call of
// ApplyResourceChange (the first is 1), before Terraform has heard it.
type crash struct {
	Call    int
	Unsaved bool // what the calls before have changed is not stored either
}

// killed is the panic of a crash.
type killed struct{}

func startProcess(ctx context.Context, schemas schemas, options provider.Options, out *output) *process {
	ctx = tfsdklogtest.RootLogger(tflogtest.RootLogger(ctx, out.log), out.log)
	return &process{schemas: schemas, ctx: ctx, out: out,
		server: providerserver.NewProtocol6(provider.New("test", options)())()}
}

// tell passes the diagnostics of a call on and reports whether it succeeded.
func (p *process) tell(rpc string, diagnostics []*tfprotov6.Diagnostic, err error) bool {
	ok := true
	if err != nil {
		p.out.complain(rpc+" failed", err.Error())
		return false
	}
	if p.applying && rpc == "plan" {
		rpc = "plan in apply"
	}
	for _, d := range diagnostics {
		failed := d.Severity == tfprotov6.DiagnosticSeverityError
		p.out.shown = append(p.out.shown, diagnostic{rpc, failed, d.Summary, d.Detail})
		ok = ok && !failed
	}
	return ok
}

func (p *process) configure(settings attributes, deferral bool) bool {
	validated, err := p.server.ValidateProviderConfig(p.ctx, &tfprotov6.ValidateProviderConfigRequest{Config: p.settings.encode(settings)})
	if !p.tell("validate provider", validated.Diagnostics, err) {
		return false
	}
	configured, err := p.server.ConfigureProvider(p.ctx, &tfprotov6.ConfigureProviderRequest{
		TerraformVersion:   "1.11.4",
		Config:             p.settings.encode(settings),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: deferral},
	})
	return p.tell("configure", configured.Diagnostics, err)
}

func (p *process) validate(config attributes) bool {
	resp, err := p.server.ValidateResourceConfig(p.ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: resourceName, Config: p.resource.encode(config)})
	return p.tell("validate", resp.Diagnostics, err)
}

// load is how an object comes out of the state.
func (p *process) load(o *object) bool {
	resp, err := p.server.UpgradeResourceState(p.ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: resourceName,
		RawState: &tfprotov6.RawState{JSON: o.value.stored()},
	})
	if !p.tell("upgrade", resp.Diagnostics, err) {
		return false
	}
	if !p.resource.decode(resp.UpgradedState).equal(o.value) {
		p.out.complain("upgrade changed the state", "")
	}
	return true
}

func (p *process) read(o *object) (*object, bool) {
	resp, err := p.server.ReadResource(p.ctx, &tfprotov6.ReadResourceRequest{
		TypeName:        resourceName,
		CurrentState:    p.resource.encode(o.value),
		Private:         o.private,
		CurrentIdentity: p.identity(o),
	})
	if !p.tell("read", resp.Diagnostics, err) {
		return nil, false
	}
	after := &object{value: p.resource.decode(resp.NewState), private: resp.Private, tainted: o.tainted}
	if after.value == nil {
		return nil, true
	}
	return after, p.identify(after, o, resp.NewIdentity)
}

func (p *process) plan(prior, config attributes, private []byte, o *object) (planned attributes, plannedPrivate []byte, ok bool) {
	proposed := attributes(nil)
	if config != nil {
		proposed = p.resource.proposed(prior, config)
	}
	resp, err := p.server.PlanResourceChange(p.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName:         resourceName,
		PriorState:       p.resource.encode(prior),
		ProposedNewState: p.resource.encode(proposed),
		Config:           p.resource.encode(config),
		PriorPrivate:     private,
		PriorIdentity:    p.identity(o),
	})
	if !p.tell("plan", resp.Diagnostics, err) {
		return nil, nil, false
	}
	planned = p.resource.decode(resp.PlannedState)
	if config == nil {
		return nil, resp.PlannedPrivate, true
	}
	if names := p.resource.invalid(prior, config, planned); len(names) > 0 || len(resp.RequiresReplace) > 0 {
		p.out.complain("Provider produced invalid plan", join(names))
		return nil, nil, false
	}
	return planned, resp.PlannedPrivate, true
}

// apply carries a change out. What it returns is what goes into the state, also
// where it fails.
func (p *process) apply(before *object, c change, config attributes) (*object, bool) {
	prior := attributes(nil)
	if before != nil {
		prior = before.value
	}
	p.beforeApply()
	resp, err := p.server.ApplyResourceChange(p.ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName:        resourceName,
		PriorState:      p.resource.encode(prior),
		PlannedState:    p.resource.encode(c.after),
		Config:          p.resource.encode(config),
		PlannedPrivate:  c.private,
		PlannedIdentity: p.identity(before),
	})
	if p.applied++; p.applied == p.crash.Call {
		panic(killed{})
	}
	ok := p.tell("apply", resp.Diagnostics, err)
	value := p.resource.decode(resp.NewState)
	switch {
	case !ok && value == nil:
		return before, false
	case ok && value == nil && c.after == nil:
		return nil, true
	case value == nil:
		p.out.complain("Provider produced inconsistent result after apply", "the object is gone")
		return before, false
	case !value.fullyKnown():
		p.out.complain("Provider returned invalid result object after apply", "unknown values")
		ok = false
	case ok:
		if names := broken(c.after, value); len(names) > 0 {
			p.out.complain("Provider produced inconsistent result after apply", join(names))
			ok = false
		}
	}
	after := &object{value: value, private: resp.Private, tainted: before != nil && before.tainted || before == nil && !ok}
	return after, p.identify(after, before, resp.NewIdentity) && ok
}

func (p *process) importState(key string) (*object, bool) {
	resp, err := p.server.ImportResourceState(p.ctx, &tfprotov6.ImportResourceStateRequest{TypeName: resourceName, ID: key})
	if !p.tell("import", resp.Diagnostics, err) {
		return nil, false
	}
	imported := resp.ImportedResources[0]
	o := &object{value: p.resource.decode(imported.State), private: imported.Private}
	return o, p.identify(o, nil, imported.Identity)
}

func (p *process) identity(o *object) *tfprotov6.ResourceIdentityData {
	if o == nil || !p.identities {
		return nil
	}
	return o.identity
}

// identify gives an object the identity that the provider has told, which must
// not change.
func (p *process) identify(o, before *object, identity *tfprotov6.ResourceIdentityData) bool {
	if !p.identities {
		return true
	}
	o.identity = identity
	if identity == nil || before != nil && before.identity != nil && string(before.identity.IdentityData.MsgPack) != string(identity.IdentityData.MsgPack) {
		p.out.complain("Provider returned a missing or different identity", "")
		return false
	}
	return true
}

func join(names []string) string {
	content, _ := json.Marshal(names)
	return string(content)
}
