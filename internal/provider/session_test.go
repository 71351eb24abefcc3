// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// session is a configuration with its state, and the commands that somebody runs
// on them. The test speaks the plugin protocol in Terraform's place, so that a
// command takes milliseconds. Each plan and each apply starts a provider of its own.
type session struct {
	*fixture
	schemas  protocol.Schemas
	dir      string                // for recovery
	settings map[string]any        // the provider block
	unknown  []string              // settings that are known only at apply
	blocks   []*block              // in the order in which they are planned and applied
	told     []protocol.Diagnostic // by the last command
	process  *provider.Server      // of the last plan or apply

	deferring   bool // plan -allow-deferral, or Terraform Stacks
	openTofu    bool // which does not tell the provider that it applies a plan
	interrupted bool // Ctrl-C before an apply changes anything
	trusting    bool // this Terraform does not validate the configuration again at apply
}

// block is a resource block, and the object in state that goes with it.
type block struct {
	typeName    string
	config      map[string]any
	unknown     []string // arguments that are known only at apply
	replace     bool     // -replace
	createFirst bool     // create_before_destroy
	rotations   int      // asked for so far
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

func newSession(t *testing.T) *session {
	t.Helper()
	return newFixture(t, emulator.Options{Key: "int_1a2b3c"}).session()
}

func (f *fixture) session() *session {
	s := &session{fixture: f, dir: filepath.Join(f.t.TempDir(), "recovery"), settings: map[string]any{}}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		f.t.Fatal(err)
	}
	s.schemas = protocol.LoadSchemas(f.t.Context(), s.server())
	return s
}

func (s *session) server() *provider.Server {
	server, err := s.newServer()
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

// apiSecret adds the secret. Unless the arguments say otherwise, its grace period
// is 0 and it has a trigger.
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

// created adds the secret and applies that.
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

// killed rotates the secret in a run that ends before Terraform stores the state.
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

// start starts the provider for a plan or an apply.
func (s *session) start(applying bool) (*protocol.Process, bool) {
	ctx := s.t.Context()
	if applying && s.interrupted {
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		ctx = canceled
	}
	s.process = s.server()
	p := protocol.Start(ctx, s.schemas, s.process, func(d protocol.Diagnostic) { s.told = append(s.told, d) })
	settings := s.schemas.Settings.Object(s.settings)
	if !applying {
		settings = s.schemas.Settings.WithUnknown(settings, s.unknown)
	}
	p.Deferral = s.deferring
	return p, p.Configure(settings, applying && !s.openTofu || s.deferring)
}
