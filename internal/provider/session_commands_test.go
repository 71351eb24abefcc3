// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// plan is terraform plan.
func (s *session) plan() (plan []change, ok bool) {
	s.told = nil
	p, ok := s.start(false)
	if !ok {
		return nil, false
	}
	for _, b := range s.blocks {
		r := p.Resource(b.typeName)
		before, refreshed := refreshed(r, b.object)
		c := change{block: b, before: before}
		planned := refreshed && s.change(r, &c, r.Schema.WithUnknown(r.Schema.Object(b.config), b.unknown))
		if planned {
			plan = append(plan, c)
		}
		ok = ok && planned
	}
	return plan, ok
}

func refreshed(r protocol.Resource, o *protocol.Object) (*protocol.Object, bool) {
	if o == nil {
		return nil, true
	}
	if !r.Load(o) {
		return nil, false
	}
	return r.Read(o)
}

// change plans one object. Terraform plans a tainted object as a create. For
// -replace it plans twice, and drops the warnings of the second plan.
func (s *session) change(r protocol.Resource, c *change, config protocol.Attributes) (ok bool) {
	if !s.trusting && !r.Validate(config) {
		return false
	}
	var prior protocol.Attributes
	var private []byte
	if c.before != nil && !c.before.Tainted {
		prior, private = c.before.Value, c.before.Private
	}
	if c.planned, ok = r.Plan(prior, config, private, c.before); !ok {
		return false
	}
	c.replaces = c.before != nil && (c.before.Tainted || c.replace)
	if prior == nil || !c.replaces {
		return true
	}
	shown := len(s.told)
	if c.planned, ok = r.Plan(nil, config, c.planned.Private, nil); ok {
		s.told = s.told[:shown]
	}
	return ok
}

// apply is terraform apply.
func (s *session) apply() bool {
	plan, ok := s.plan()
	return ok && s.carryOut(plan)
}

// carryOut is what terraform apply does with a plan.
func (s *session) carryOut(plan []change) bool {
	p, ok := s.start(true)
	if !ok {
		return false
	}
	for _, c := range plan {
		ok = s.carry(p.Resource(c.typeName), c) && ok
	}
	return ok
}

// carry changes one object as planned. Terraform plans it again before.
func (s *session) carry(r protocol.Resource, c change) (ok bool) {
	c.object = c.before
	if c.destroys || c.replaces && !c.createFirst {
		c.object, ok = r.Apply(c.before, protocol.Planned{Private: c.planned.Private}, nil)
		if !ok || c.destroys {
			return ok
		}
	}
	again := change{block: c.block, before: c.object}
	if c.replaces {
		again.before = nil
	}
	config := r.Schema.Object(c.config)
	if !s.change(r, &again, config) {
		return false
	}
	if names := c.planned.Value.Broken(again.planned.Value); len(names) > 0 {
		s.told = append(s.told, protocol.Diagnostic{From: protocol.Core, Error: true, Summary: "Provider produced inconsistent final plan", Detail: protocol.List(names)})
		return false
	}
	if again.before != nil && again.planned.Value.Equal(again.before.Value) {
		return true
	}
	if c.object, ok = r.Apply(again.before, again.planned, config); c.object == nil {
		c.object = c.before // where create_before_destroy fails, Terraform restores the old object
	}
	return ok
}

// destroy is terraform destroy, which first plans as usual.
func (s *session) destroy() {
	s.t.Helper()
	plan := s.mustPlan()
	p, ok := s.start(false)
	if !ok {
		return
	}
	for i, c := range plan {
		plan[i].destroys = true
		plan[i].planned, ok = p.Resource(c.typeName).Plan(c.before.Value, nil, c.before.Private, c.before)
		if !ok {
			return
		}
	}
	s.carryOut(plan)
}

// importID is terraform import.
func (s *session) importID(b *block, id string) (ok bool) {
	s.told = nil
	p, ok := s.start(false)
	if !ok {
		return false
	}
	r := p.Resource(b.typeName)
	imported, ok := r.Import(id)
	if ok {
		b.object, ok = r.Read(imported)
	}
	return ok
}

// read is the plan of a data source without arguments.
func (s *session) read(typeName string) (ok bool) {
	s.told = nil
	p, ok := s.start(false)
	if ok {
		typeName = "integrator_" + typeName
		_, ok = p.ReadDataSource(typeName, s.schemas.DataSources[typeName].Object(nil))
	}
	return ok
}

// open is the plan of an ephemeral resource.
func (s *session) open(typeName string, config args) (result protocol.Attributes, ok bool) {
	s.told = nil
	p, ok := s.start(false)
	if !ok {
		return nil, false
	}
	typeName = "integrator_" + typeName
	return p.OpenEphemeral(typeName, s.schemas.EphemeralResources[typeName].Object(config))
}

// queryWebhooks is terraform query with the webhooks included.
func (s *session) queryWebhooks() (found []protocol.Found, ok bool) {
	s.told = nil
	p, ok := s.start(false)
	if !ok {
		return nil, false
	}
	const typeName = "integrator_webhook"
	return p.List(typeName, s.schemas.ListResources[typeName].Object(nil))
}
