// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// object is a resource instance object in the state.
type object struct {
	value    attributes
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool
}

// state is all that Terraform stores of the resource.
type state struct {
	current *object
	deposed []*object
}

func (s state) clone() state { return state{s.current, slices.Clone(s.deposed)} } // objects never change

type action string

const (
	noOp             action = "no-op"
	create           action = "create"
	update           action = "update"
	deleteThenCreate action = "delete, create"
	createThenDelete action = "create, delete"
	destroy          action = "delete"
)

func (a action) replaces() bool { return a == deleteThenCreate || a == createThenDelete }

// change is what a plan does to an object.
type change struct {
	action  action
	after   attributes // nil: the object is deleted
	private []byte
}

// plan is what terraform plan leaves behind.
type plan struct {
	prior    state // refreshed
	current  change
	deposed  []change
	settings attributes
	config   attributes // as known at apply
	serial   int        // of the state that it was made from
}

// core is Terraform's core, as far as a provider can see it: the calls, their
// order, what goes from one to the next, what is stored when one fails. It has
// one resource.
type core struct {
	flavor  flavor
	options provider.Options
	schemas schemas

	state  state
	serial int
	saved  *plan
}

// flavor is what sets the Terraforms apart.
type flavor struct {
	Identities      bool // Terraform and OpenTofu from 1.12 on
	DeferralAllowed bool // in the apply walk: Terraform, but not OpenTofu
}

// request is what a command is to do, and what befalls it.
type request struct {
	ctx             context.Context // ends when the user interrupts the command
	settings        map[string]any
	config          map[string]any
	unknown         []string // names of the config that are known only at apply
	replace         bool
	cbd             bool // lifecycle { create_before_destroy }
	refresh         bool
	crash           crash
	deposedFirst    bool // one of the orders in which core may walk
	unknownSettings []string
	beforeApply     func()
}

func (c *core) start(r request, out *output, applying bool) *process {
	// A call that begins after the interrupt is not canceled, but none does.
	p := startProcess(r.ctx, c.schemas, c.options, out)
	p.identities, p.applying, p.crash = c.flavor.Identities, applying, r.crash
	p.stopped = func() bool { return r.ctx.Err() != nil }
	p.beforeApply = r.beforeApply
	return p
}

func (c *core) store(s state) {
	c.state = s.clone()
	c.serial++
}

// planned makes a plan: in one process, all objects are refreshed and planned.
func (c *core) planned(r request, out *output) (*plan, bool) {
	result := &plan{
		prior:    c.state.clone(),
		settings: c.schemas.settings.object(r.settings),
		config:   c.schemas.resource.object(r.config),
		serial:   c.serial,
	}
	config := c.schemas.resource.withUnknown(result.config, r.unknown)

	if !c.start(r, out, false).validate(config) {
		return nil, false
	}
	p := c.start(r, out, false)
	if !p.configure(c.schemas.settings.withUnknown(result.settings, r.unknownSettings), false) {
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

func (p *process) planCurrent(result *plan, config attributes, r request) bool {
	current, ok := p.refreshed(result.prior.current, r)
	if !ok {
		return false
	}
	result.prior.current = current
	result.current, ok = p.change(current, config, r.replace, r.cbd)
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
		_, private, ok := p.plan(o.value, nil, o.private, o)
		if !ok {
			return false
		}
		result.deposed = append(result.deposed, change{action: destroy, private: private})
	}
	return true
}

func (p *process) refreshed(o *object, r request) (*object, bool) {
	if o == nil {
		return nil, true
	}
	if !p.load(o) {
		return nil, false
	}
	if !r.refresh {
		return o, true
	}
	return p.read(o)
}

// change plans what becomes of the current object.
func (p *process) change(current *object, config attributes, replace, cbd bool) (change, bool) {
	if !p.validate(config) {
		return change{}, false
	}
	replacement := deleteThenCreate
	if cbd {
		replacement = createThenDelete
	}
	var prior attributes
	var private []byte
	if current != nil && !current.tainted {
		prior, private = current.value, current.private
	}
	planned, plannedPrivate, ok := p.plan(prior, config, private, current)
	if !ok {
		return change{}, false
	}
	action := update
	switch {
	case current != nil && current.tainted:
		action = replacement
	case current == nil:
		action = create
	case replace:
		action = replacement
		shown := len(p.out.shown)
		planned, plannedPrivate, ok = p.plan(nil, config, plannedPrivate, nil)
		if ok { // the warnings of the second plan are dropped
			p.out.hidden = append(p.out.hidden, p.out.shown[shown:]...)
			p.out.shown = p.out.shown[:shown]
		}
	case planned.equal(prior):
		action = noOp
	}
	return change{action, planned, plannedPrivate}, ok
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
	if !p.configure(result.settings, c.flavor.DeferralAllowed) {
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
		return p.destroyCurrent(s, result.current, save) && !p.stopped() && p.applyPlanned(s, result, save)
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
	default:
		return p.applyPlanned(s, result, save)
	}
}

// applyPlanned is the create or update of the current object: it is planned once
// more first.
func (p *process) applyPlanned(s *state, result *plan, save func()) bool {
	if s.current != nil && !p.load(s.current) {
		return false
	}
	c, ok := p.change(s.current, result.config, false, false)
	if !ok {
		return false
	}
	if names := broken(result.current.after, c.after); len(names) > 0 {
		p.out.complain("Provider produced inconsistent final plan", join(names))
		return false
	}
	if c.action == noOp {
		return true
	}
	if !c.action.fits(result.current.action) {
		p.out.complain("Provider produced inconsistent final plan", string(result.current.action+" became "+c.action))
		return false
	}
	s.current, ok = p.apply(s.current, c, result.config)
	save()
	return ok
}

// fits reports whether an action of the apply walk is what was planned.
func (a action) fits(planned action) bool {
	return a == planned || a == create && planned.replaces()
}

func (p *process) destroyCurrent(s *state, c change, save func()) (ok bool) {
	if !p.load(s.current) {
		return false
	}
	s.current, ok = p.apply(s.current, change{action: destroy, private: c.private}, nil)
	save()
	return ok
}

func (p *process) applyDeposed(s *state, result *plan, save func()) bool {
	ok := true
	for i := range result.deposed {
		ok = ok && !p.stopped() && p.destroyDeposed(s, result.prior.deposed[i], save)
	}
	return ok
}

func (p *process) destroyDeposed(s *state, o *object, save func()) bool {
	if !p.load(o) {
		return false
	}
	_, private, ok := p.plan(o.value, nil, o.private, o)
	if !ok {
		return false
	}
	after, ok := p.apply(o, change{action: destroy, private: private}, nil)
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
	result := &plan{prior: c.state.clone(), settings: c.schemas.settings.object(r.settings), serial: c.serial}
	if r.refresh {
		refreshed, ok := c.planned(r, out)
		if !ok {
			return nil, false
		}
		result.prior = refreshed.prior
	}
	r.refresh = false
	p := c.start(r, out, false)
	if !p.configure(result.settings, false) {
		return nil, false
	}
	if o := result.prior.current; o != nil {
		if !p.load(o) {
			return nil, false
		}
		_, private, ok := p.plan(o.value, nil, o.private, o)
		if !ok {
			return nil, false
		}
		result.current = change{action: destroy, private: private}
	} else {
		result.current.action = noOp
	}
	return result, p.planDeposed(result, r)
}

// refresh is terraform apply -refresh-only.
func (c *core) refresh(r request, out *output) bool {
	p := c.start(r, out, false)
	if !p.configure(c.schemas.settings.object(r.settings), false) {
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
	if !p.configure(c.schemas.settings.object(r.settings), false) {
		return false
	}
	o, ok := p.importState(key)
	if !ok {
		return false
	}
	if o, ok = p.read(o); !ok || o == nil {
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
		after.value.equal(before.value) && string(after.private) == string(before.private), true
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
	if c.state.current == nil || c.state.current.tainted == tainted {
		return
	}
	o := *c.state.current
	o.tainted = tainted
	c.store(state{&o, c.state.deposed})
}

// forget is terraform state rm.
func (c *core) forget() { c.store(state{}) }

func (c *core) stored() stored {
	s := stored{serial: c.serial}
	if o := c.state.current; o != nil {
		s.current = o.held()
	}
	for _, o := range c.state.deposed {
		s.deposed = append(s.deposed, o.held())
	}
	return s
}

func (o *object) held() *held {
	return &held{
		secret:             o.value.text("secret"),
		key:                o.value.text("integrator_key"),
		oldSecretExpiresAt: o.value.text("old_secret_expires_at"),
		version:            o.value.number("version"),
		tainted:            o.tainted,
		private:            o.private,
	}
}
