// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"maps"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// session is a state and the commands that somebody runs on it, with the plugin
// protocol spoken by the test: what it shows is what the provider says, and it
// takes milliseconds. Each plan and each apply has a process of its own.
type session struct {
	*fixture
	schemas  protocol.Schemas
	dir      string         // for recovery
	settings map[string]any // the provider block
	unknown  []string       // settings that are known only at apply
	blocks   []*block       // in the order in which they are planned and applied
	told     []protocol.Diagnostic

	interrupted bool // Ctrl-C before an apply changes anything
	trusting    bool // this Terraform does not validate again what is known at apply
}

// block is a resource block, and the object in state that goes with it.
type block struct {
	typeName    string
	config      map[string]any
	unknown     []string // arguments that are known only at apply
	replace     bool     // -replace
	createFirst bool     // create_before_destroy
	rotations   int      // that were asked for
	object      *protocol.Object
}

// change is what a plan does to one object.
type change struct {
	*block
	before   *protocol.Object // refreshed
	planned  protocol.Planned
	replaces bool
	destroys bool
}

func newSession(t *testing.T, options emulator.Options) *session {
	t.Helper()
	options.Key = "int_1a2b3c"
	s := &session{fixture: newFixture(t, options), dir: t.TempDir(), settings: map[string]any{}}
	s.schemas = protocol.LoadSchemas(t.Context(), s.server())
	return s
}

func (s *session) server() tfprotov6.ProviderServer {
	server, err := s.newServer()()
	if err != nil {
		s.t.Fatal(err)
	}
	return server
}

// add adds a resource block to the configuration.
func (s *session) add(typeName string, config map[string]any) *block {
	b := &block{typeName: "integrator_" + typeName, config: config}
	s.blocks = append(s.blocks, b)
	return b
}

type args = map[string]any

// apiSecret adds the secret, with no grace period and a trigger unless the
// arguments say otherwise.
func (s *session) apiSecret(arguments args) *block {
	b := s.add("api_secret", args{"old_secret_valid_for_seconds": 0})
	b.rotate()
	maps.Copy(b.config, arguments)
	return b
}

// rotate asks for a rotation.
func (b *block) rotate() {
	b.rotations++
	b.config["rotate_when_changed"] = map[string]string{"v": strconv.Itoa(b.rotations)}
}

// created is apiSecret, and an apply.
func (s *session) created(arguments args) *block {
	s.t.Helper()
	b := s.apiSecret(arguments)
	s.mustApply()
	return b
}

func (s *session) mustApply() {
	s.t.Helper()
	if !s.apply() {
		s.t.Fatalf("the apply failed: %v", s.told)
	}
}

func (s *session) mustPlan() []change {
	s.t.Helper()
	plan, ok := s.plan()
	if !ok {
		s.t.Fatalf("the plan failed: %v", s.told)
	}
	return plan
}

// killed rotates, in a run that ends before Terraform has stored the state.
func (s *session) killed(b *block) {
	s.t.Helper()
	before := b.object
	b.rotate()
	s.mustApply()
	b.object = before
}

func (s *session) taint(b *block) {
	tainted := *b.object
	tainted.Tainted = true
	b.object = &tainted
}

// start starts the provider for one walk.
func (s *session) start(applying bool) (*protocol.Process, bool) {
	ctx := s.t.Context()
	if applying && s.interrupted {
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		ctx = canceled
	}
	p := protocol.Start(ctx, s.schemas, s.server(), func(d protocol.Diagnostic) { s.told = append(s.told, d) })
	settings := s.schemas.Settings.Object(s.settings)
	if !applying {
		settings = s.schemas.Settings.WithUnknown(settings, s.unknown)
	}
	return p, p.Configure(settings, applying)
}

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

// change plans one object. Terraform shows a plan nothing of a tainted object,
// and drops the warnings of the second plan that -replace takes.
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

// carryOut is what terraform apply does with a plan. Terraform plans each object
// again then.
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
	if again.before != nil && again.planned.Value.Equal(again.before.Value) {
		return true
	}
	if c.object, ok = r.Apply(again.before, again.planned, config); c.object == nil {
		c.object = c.before // that of create_before_destroy comes back
	}
	return ok
}

// destroy is terraform destroy, which first plans as usual.
func (s *session) destroy() bool {
	plan, ok := s.plan()
	if !ok {
		return false
	}
	p, ok := s.start(false)
	if !ok {
		return false
	}
	for i, c := range plan {
		plan[i].destroys = true
		plan[i].planned, ok = p.Resource(c.typeName).Plan(c.before.Value, nil, c.before.Private, c.before)
		if !ok {
			return false
		}
	}
	return s.carryOut(plan)
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

// read is the plan of a data source.
func (s *session) read(typeName string) bool {
	s.told = nil
	p, ok := s.start(false)
	if ok {
		typeName = "integrator_" + typeName
		_, ok = p.ReadDataSource(typeName, s.schemas.DataSources[typeName].Object(nil))
	}
	return ok
}

// open is the plan of an ephemeral resource.
func (s *session) open(typeName string, config map[string]any) bool {
	s.told = nil
	p, ok := s.start(false)
	if ok {
		typeName = "integrator_" + typeName
		_, ok = p.OpenEphemeral(typeName, s.schemas.EphemeralResources[typeName].Object(config))
	}
	return ok
}
