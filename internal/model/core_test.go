// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"context"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/protocol"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// state is all that Terraform stores of the resource.
type state struct {
	current *protocol.Object
	deposed []*protocol.Object
}

func (s state) clone() state { return state{s.current, slices.Clone(s.deposed)} } // objects never change

type action string

const (
	noOp             action = "no-op"
	create           action = "create"
	update           action = "update"
	deleteThenCreate action = "delete, create"
	createThenDelete action = "create, delete"
	forgetThenCreate action = "forget, create"
	destroy          action = "delete"
)

func (a action) replaces() bool {
	return a == deleteThenCreate || a == createThenDelete || a == forgetThenCreate
}

// isBlind reports whether Create is shown no private state of the object before it.
func (a action) isBlind() bool { return a == createThenDelete || a == forgetThenCreate }

// empties reports whether the state is empty before Create is called.
func (a action) empties() bool { return a == deleteThenCreate || a == forgetThenCreate }

// change is what a plan does to an object.
type change struct {
	action  action
	planned protocol.Planned
}

// plan is what terraform plan leaves behind.
type plan struct {
	prior    state // refreshed
	current  change
	deposed  []change
	settings protocol.Attributes
	config   protocol.Attributes // as known at apply
	serial   int                 // of the state that it was made from
}

// core is Terraform's core, as far as a provider can see it: the calls, their
// order, what goes from one to the next, what is stored when one fails. It has
// one resource.
type core struct {
	flavor  flavor
	options func(request) provider.Options
	opened  func(ciphertext string) string
	schemas protocol.Schemas

	state  state
	serial int
	saved  *plan
}

// flavor is what sets the Terraforms apart.
type flavor struct {
	Identities      bool // Terraform and OpenTofu from 1.12 on
	DeferralAllowed bool // in the apply walk: Terraform, but not OpenTofu
	Forgets         forgets
}

// forgets says which objects a Terraform forgets without a Delete, when they are
// replaced under lifecycle { destroy = false }.
type forgets string

const (
	forgetsNone    forgets = ""
	forgetsTainted forgets = "tainted" // Terraform 1.16
	forgetsAll     forgets = "all"     // OpenTofu 1.12
)

// request is what a command is to do, and what befalls it.
type request struct {
	ctx             context.Context // ends when the user interrupts the command
	settings        map[string]any
	config          map[string]any
	unknown         []string // names of the config that are known only at apply
	replace         bool
	cbd             bool // lifecycle { create_before_destroy }
	keep            bool // lifecycle { destroy = false }
	refresh         bool
	cancel          func()
	crash           crash
	orphan          *orphan // nil for none
	dependency      dependency
	deposedFirst    bool // one of the orders in which core may walk
	unknownSettings []string
	beforeApply     func()
}

func (c *core) store(s state) {
	c.state = s.clone()
	c.serial++
}

// planned makes a plan: in one process, all objects are refreshed and planned.
func (c *core) planned(r request, out *output) (*plan, bool) {
	result := &plan{
		prior:    c.state.clone(),
		settings: c.schemas.Settings.Object(r.settings),
		config:   c.schemas.Resources[resourceName].Object(r.config),
		serial:   c.serial,
	}
	config := c.schemas.Resources[resourceName].WithUnknown(result.config, r.unknown)

	if !c.start(r, out, false).Validate(config) {
		return nil, false
	}
	p := c.start(r, out, false)
	if !p.Configure(c.schemas.Settings.WithUnknown(result.settings, r.unknownSettings), false) {
		return nil, false
	}
	plans := []func() bool{
		func() bool { return p.planCurrent(result, config, r) },
		func() bool { return p.planDeposed(result, r) },
	}
	if r.deposedFirst {
		slices.Reverse(plans)
	}
	return result, plans[0]() && plans[1]()
}

func (p *process) planCurrent(result *plan, config protocol.Attributes, r request) bool {
	current, ok := p.refreshed(result.prior.current, r)
	if !ok {
		return false
	}
	result.prior.current = current
	replacement := deleteThenCreate
	switch tainted := current != nil && current.Tainted; {
	case r.keep && p.forgets == forgetsAll, r.keep && p.forgets == forgetsTainted && tainted && !r.cbd:
		replacement = forgetThenCreate
	case r.cbd:
		replacement = createThenDelete
	}
	result.current, ok = p.change(current, config, r.replace, replacement)
	p.out.planned = result.current.action
	return ok
}

func (p *process) planDeposed(result *plan, r request) bool {
	for i, o := range result.prior.deposed {
		o, ok := p.refreshed(o, r)
		if !ok {
			return false
		}
		result.prior.deposed[i] = o
		planned, ok := p.plan(o.Value, nil, o.Private, o)
		if !ok {
			return false
		}
		result.deposed = append(result.deposed, change{destroy, planned})
	}
	return true
}

func (p *process) refreshed(o *protocol.Object, r request) (*protocol.Object, bool) {
	if o == nil {
		return nil, true
	}
	if !p.Load(o) {
		return nil, false
	}
	if !r.refresh {
		return o, true
	}
	return p.Read(o)
}

// change plans what becomes of the current object.
func (p *process) change(current *protocol.Object, config protocol.Attributes, replace bool, replacement action) (change, bool) {
	if !p.Validate(config) {
		return change{}, false
	}
	var prior protocol.Attributes
	var private []byte
	if current != nil && !current.Tainted {
		prior, private = current.Value, current.Private
	}
	planned, ok := p.plan(prior, config, private, current)
	if !ok {
		return change{}, false
	}
	action := update
	switch {
	case current != nil && current.Tainted:
		action = replacement
	case current == nil:
		action = create
	case replace:
		action = replacement
		shown := len(p.out.shown)
		planned, ok = p.plan(nil, config, planned.Private, nil)
		if ok { // the warnings of the second plan are dropped
			p.out.hidden = append(p.out.hidden, p.out.shown[shown:]...)
			p.out.shown = p.out.shown[:shown]
		}
	case planned.Value.Equal(prior):
		action = noOp
	}
	return change{action, planned}, ok
}

// applied carries a plan out, in a process of its own.
func (c *core) applied(result *plan, r request, out *output) bool {
	before := c.state.clone()
	s := result.prior.clone()
	c.store(s)
	p := c.start(r, out, true)
	defer func() {
		if recovered := recover(); recovered != nil {
			if r.crash.Unsaved {
				c.store(before)
			}
			panic(recovered)
		}
	}()
	if !p.Configure(result.settings, c.flavor.DeferralAllowed) {
		return false
	}
	save := func() { c.store(s) }
	steps := []func() bool{
		func() bool { return p.applyCurrent(&s, result, save) },
		func() bool { return p.applyDeposed(&s, result, save) },
	}
	if r.deposedFirst {
		slices.Reverse(steps)
	}
	// They do not depend on each other: one may fail and the other go on.
	first := steps[0]()
	second := steps[1]()
	if p.stopped() {
		out.complain("execution halted", "")
	}
	return first && second && !p.stopped()
}

func (p *process) applyCurrent(s *state, result *plan, save func()) bool {
	if p.stopped() {
		return false
	}
	switch result.current.action {
	case noOp:
		return true
	case destroy:
		return p.destroyCurrent(s, result.current, save)
	case deleteThenCreate:
		return p.destroyCurrent(s, result.current, save) && p.dependencyReady() && p.applyPlanned(s, result, save)
	case forgetThenCreate:
		return p.forgetCurrent(s, save) && p.dependencyReady() && p.applyPlanned(s, result, save)
	case createThenDelete:
		old := s.current
		s.current, s.deposed = nil, append(s.deposed, old)
		if !p.applyPlanned(s, result, save) {
			if s.current == nil { // restored
				s.current, s.deposed = old, s.deposed[:len(s.deposed)-1]
				save()
			}
			return false
		}
		return !p.stopped() && p.destroyDeposed(s, old, save)
	case create, update:
	}
	return p.applyPlanned(s, result, save)
}

// applyPlanned is the create or update of the current object: it is planned once
// more first.
func (p *process) applyPlanned(s *state, result *plan, save func()) bool {
	if s.current != nil && !p.Load(s.current) {
		return false
	}
	c, ok := p.change(s.current, result.config, false, deleteThenCreate)
	if !ok {
		return false
	}
	if names := result.current.planned.Value.Broken(c.planned.Value); len(names) > 0 {
		p.out.complain("Provider produced inconsistent final plan", protocol.List(names))
		return false
	}
	if c.action == noOp {
		return true
	}
	if !c.action.fits(result.current.action) {
		p.out.complain("Provider produced inconsistent final plan", string(result.current.action+" became "+c.action))
		return false
	}
	if result.current.action.empties() && p.dependency == precondition {
		p.fail("Resource precondition failed")
		return false
	}
	s.current, ok = p.Apply(s.current, c.planned, result.config)
	save()
	return ok
}

// fits reports whether an action of the apply walk is what was planned.
func (a action) fits(planned action) bool {
	return a == planned || a == create && planned.replaces()
}

func (p *process) destroyCurrent(s *state, c change, save func()) (ok bool) {
	if !p.Load(s.current) {
		return false
	}
	s.current, ok = p.Apply(s.current, protocol.Planned{Private: c.planned.Private}, nil)
	save()
	return ok
}

// forgetCurrent drops the object from the state without a call of Delete.
func (p *process) forgetCurrent(s *state, save func()) bool {
	if !p.Load(s.current) {
		return false
	}
	s.current = nil
	save()
	return true
}

func (p *process) applyDeposed(s *state, result *plan, save func()) bool {
	ok := true
	for i := range result.deposed {
		ok = ok && !p.stopped() && p.destroyDeposed(s, result.prior.deposed[i], save)
	}
	return ok
}

func (p *process) destroyDeposed(s *state, o *protocol.Object, save func()) bool {
	if !p.Load(o) {
		return false
	}
	planned, ok := p.plan(o.Value, nil, o.Private, o)
	if !ok {
		return false
	}
	after, ok := p.Apply(o, planned, nil)
	i := slices.Index(s.deposed, o)
	if after == nil {
		s.deposed = slices.Delete(s.deposed, i, i+1)
	} else {
		s.deposed[i] = after
	}
	save()
	return ok
}

// planDestroy is the plan of terraform destroy, after one that refreshes.
func (c *core) planDestroy(r request, out *output) (*plan, bool) {
	result := &plan{prior: c.state.clone(), settings: c.schemas.Settings.Object(r.settings), serial: c.serial}
	if r.refresh {
		refreshed, ok := c.planned(r, out)
		if !ok {
			return nil, false
		}
		result.prior = refreshed.prior
	}
	r.refresh = false
	p := c.start(r, out, false)
	if !p.Configure(result.settings, false) {
		return nil, false
	}
	if o := result.prior.current; o != nil {
		if !p.Load(o) {
			return nil, false
		}
		planned, ok := p.plan(o.Value, nil, o.Private, o)
		if !ok {
			return nil, false
		}
		result.current = change{destroy, planned}
	} else {
		result.current.action = noOp
	}
	return result, p.planDeposed(result, r)
}

// refresh is terraform apply -refresh-only.
func (c *core) refresh(r request, out *output) bool {
	p := c.start(r, out, false)
	if !p.Configure(c.schemas.Settings.Object(r.settings), false) {
		return false
	}
	r.refresh = true
	s := c.state.clone()
	var ok bool
	if s.current, ok = p.refreshed(s.current, r); !ok {
		return false
	}
	for i := range s.deposed {
		if s.deposed[i], ok = p.refreshed(s.deposed[i], r); !ok {
			return false
		}
	}
	c.store(s)
	return true
}

// importSecret is terraform import, into a state without the resource.
func (c *core) importSecret(r request, key string, out *output) bool {
	p := c.start(r, out, false)
	if !p.Configure(c.schemas.Settings.Object(r.settings), false) {
		return false
	}
	o, ok := p.Import(key)
	if !ok {
		return false
	}
	if o, ok = p.Read(o); !ok || o == nil {
		return false
	}
	s := c.state.clone()
	s.current = o
	c.store(s)
	return true
}

// apply is terraform apply.
func (c *core) apply(r request, out *output) bool {
	result, ok := c.planned(r, out)
	return ok && c.applied(result, r, out)
}

// save is terraform plan -out.
func (c *core) save(r request, out *output) bool {
	result, ok := c.planned(r, out)
	if ok {
		c.saved = result
	}
	return ok
}

// plan is terraform plan. Its refresh must not raise the state's serial.
func (c *core) plan(r request, out *output) (idle, ok bool) {
	result, ok := c.planned(r, out)
	if !ok {
		return false, false
	}
	before, after := c.state.current, result.prior.current
	return result.current.action == noOp && len(result.deposed) == 0 && len(c.state.deposed) == 0 &&
		after.Value.Equal(before.Value) && string(after.Private) == string(before.Private), true
}

// applySaved is terraform apply with a saved plan.
func (c *core) applySaved(r request, out *output) bool {
	result := c.saved
	c.saved = nil
	if result == nil || result.serial != c.serial {
		out.complain("Saved plan is stale", "")
		return false
	}
	out.planned = result.current.action
	return c.applied(result, r, out)
}

// destroy is terraform destroy.
func (c *core) destroy(r request, out *output) bool {
	result, ok := c.planDestroy(r, out)
	return ok && c.applied(result, r, out)
}

// taint is terraform taint, or untaint.
func (c *core) taint(tainted bool) {
	if c.state.current == nil || c.state.current.Tainted == tainted {
		return
	}
	o := *c.state.current
	o.Tainted = tainted
	c.store(state{&o, c.state.deposed})
}

// forget is terraform state rm.
func (c *core) forget() { c.store(state{}) }

func (c *core) stored() stored {
	s := stored{serial: c.serial}
	if o := c.state.current; o != nil {
		s.current = c.held(o)
	}
	for _, o := range c.state.deposed {
		s.deposed = append(s.deposed, c.held(o))
	}
	return s
}

func (c *core) held(o *protocol.Object) *held {
	h := &held{
		ciphertext:         o.Value.Text("encrypted_secret"),
		secret:             o.Value.Text("secret"),
		key:                o.Value.Text("integrator_key"),
		oldSecretExpiresAt: o.Value.Text("old_secret_expires_at"),
		version:            o.Value.Number("version"),
		tainted:            o.Tainted,
		private:            o.Private,
	}
	if h.ciphertext != "" {
		h.secret = c.opened(h.ciphertext)
	}
	return h
}
