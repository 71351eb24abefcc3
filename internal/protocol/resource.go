// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Object is a resource instance object in a state. Objects never change: each
// call gives a new one.
type Object struct {
	Value    Attributes
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
	Tainted  bool
}

// Planned is what a plan makes of an object. Without a value, it is destroyed.
type Planned struct {
	Value           Attributes
	Private         []byte
	RequiresReplace []*tftypes.AttributePath
}

// Resource is one type of managed resource of a process.
type Resource struct {
	*Process
	Schema Schema
	name   string
}

// Resource returns the type of that name.
func (p *Process) Resource(typeName string) Resource {
	return Resource{p, p.Resources[typeName], typeName}
}

// Validate checks a configuration.
func (r Resource) Validate(config Attributes) bool {
	resp, err := r.server.ValidateResourceConfig(r.ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName:           r.name,
		Config:             r.Schema.Encode(config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	return r.tell("validate", resp.Diagnostics, err)
}

// Load is how an object comes out of the state.
func (r Resource) Load(o *Object) bool {
	resp, err := r.server.UpgradeResourceState(r.ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: r.name,
		RawState: &tfprotov6.RawState{JSON: o.Value.stored()},
	})
	if !r.tell("upgrade", resp.Diagnostics, err) {
		return false
	}
	if !r.Schema.Decode(resp.UpgradedState).Equal(o.Value) {
		r.complain("upgrade changed the state", "")
	}
	return true
}

// Read refreshes an object; nil is one that is gone.
func (r Resource) Read(o *Object) (*Object, bool) {
	resp, err := r.server.ReadResource(r.ctx, &tfprotov6.ReadResourceRequest{
		TypeName:        r.name,
		CurrentState:    r.Schema.Encode(o.Value),
		Private:         o.Private,
		CurrentIdentity: r.identity(o),
	})
	if !r.tell("read", resp.Diagnostics, err) {
		return nil, false
	}
	after := &Object{Value: r.Schema.Decode(resp.NewState), Private: resp.Private, Tainted: o.Tainted}
	if after.Value == nil {
		return nil, true
	}
	return after, r.identify(after, o, resp.NewIdentity)
}

// Plan plans a configuration, or a destruction where that is nil. Prior and
// private are what Terraform shows of the object, which is not all of it if it
// is to be replaced; the object itself gives the identity.
func (r Resource) Plan(prior, config Attributes, private []byte, o *Object) (Planned, bool) {
	proposed := Attributes(nil)
	if config != nil {
		proposed = r.Schema.proposed(prior, config)
	}
	resp, err := r.server.PlanResourceChange(r.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName:         r.name,
		PriorState:       r.Schema.Encode(prior),
		ProposedNewState: r.Schema.Encode(proposed),
		Config:           r.Schema.Encode(config),
		PriorPrivate:     private,
		PriorIdentity:    r.identity(o),
	})
	if !r.tell("plan", resp.Diagnostics, err) {
		return Planned{}, false
	}
	if config == nil {
		return Planned{Private: resp.PlannedPrivate}, true
	}
	planned := r.Schema.Decode(resp.PlannedState)
	if names := r.Schema.invalid(prior, config, planned); len(names) > 0 {
		r.complain("Provider produced invalid plan", List(names))
		return Planned{}, false
	}
	return Planned{planned, resp.PlannedPrivate, resp.RequiresReplace}, true
}

// Apply carries a plan out. What it returns is what goes into the state, also
// where it fails.
func (r Resource) Apply(before *Object, planned Planned, config Attributes) (*Object, bool) {
	prior := Attributes(nil)
	if before != nil {
		prior = before.Value
	}
	resp, err := r.server.ApplyResourceChange(r.ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName:        r.name,
		PriorState:      r.Schema.Encode(prior),
		PlannedState:    r.Schema.Encode(planned.Value),
		Config:          r.Schema.Encode(config),
		PlannedPrivate:  planned.Private,
		PlannedIdentity: r.identity(before),
	})
	ok := r.tell("apply", resp.Diagnostics, err)
	value := r.Schema.Decode(resp.NewState)
	switch {
	case !ok && value == nil:
		return before, false
	case ok && value == nil && planned.Value == nil:
		return nil, true
	case value == nil:
		r.complain("Provider produced inconsistent result after apply", "the object is gone")
		return before, false
	case !value.FullyKnown():
		r.complain("Provider returned invalid result object after apply", "unknown values")
		ok = false
	case ok:
		if names := planned.Value.Broken(value); len(names) > 0 {
			r.complain("Provider produced inconsistent result after apply", List(names))
			ok = false
		}
	}
	after := &Object{Value: value, Private: resp.Private, Tainted: before != nil && before.Tainted || before == nil && !ok}
	return after, r.identify(after, before, resp.NewIdentity) && ok
}

// Import is the first half of terraform import; a Read is the other.
func (r Resource) Import(id string) (*Object, bool) {
	return r.importObject(&tfprotov6.ImportResourceStateRequest{TypeName: r.name, ID: id})
}

// ImportIdentity is Import of what has that identity.
func (r Resource) ImportIdentity(identity *tfprotov6.ResourceIdentityData) (*Object, bool) {
	return r.importObject(&tfprotov6.ImportResourceStateRequest{TypeName: r.name, Identity: identity})
}

func (r Resource) importObject(req *tfprotov6.ImportResourceStateRequest) (*Object, bool) {
	resp, err := r.server.ImportResourceState(r.ctx, req)
	if !r.tell("import", resp.Diagnostics, err) {
		return nil, false
	}
	imported := resp.ImportedResources[0]
	o := &Object{Value: r.Schema.Decode(imported.State), Private: imported.Private}
	return o, r.identify(o, nil, imported.Identity)
}

func (r Resource) identity(o *Object) *tfprotov6.ResourceIdentityData {
	if o == nil || !r.Identities {
		return nil
	}
	return o.Identity
}

// identify gives an object the identity that the provider has told, which must
// not change.
func (r Resource) identify(o, before *Object, identity *tfprotov6.ResourceIdentityData) bool {
	if !r.Identities {
		return true
	}
	o.Identity = identity
	if identity == nil || before != nil && before.Identity != nil && string(before.Identity.IdentityData.MsgPack) != string(identity.IdentityData.MsgPack) {
		r.complain("Provider returned a missing or different identity", "")
		return false
	}
	return true
}
