// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package model tests the provider against a model of everything around it:
// Terraform's core, the API, clocks, what people do, and what goes wrong. Random
// sequences of events are run, and after each command the invariants are
// checked that a provider of secrets must keep.
//
// Not every version of the provider keeps every rule, or survives every kind of
// event: see kind. Those are played with a flag. To look for what they break:
//
//	go test ./internal/model -run 'TestModel$' -rapid.checks=1000
//	go test ./internal/model -run TestSurvey -kinds=all,-sealed -survey=1000 -v
//
// The first stops at the first finding, and the second counts all of them.
package model

import (
	"flag"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// TestMain has the tests play the same sequences each time, so that a change is
// judged by what it changes. "make soak" looks for new ones.
func TestMain(m *testing.M) {
	flag.String(kindsFlag, "all", `kinds of events and rules that TestModel plays beside the plain ones, such as "orphans" or "all,-sealed"`)
	flag.Int(surveyFlag, 0, "how many sequences TestSurvey plays")
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) {
		told = told || slices.Contains([]string{"rapid.checks", "rapid.seed", "rapid.failfile"}, f.Name)
	})
	if !told {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func TestModel(t *testing.T) {
	t.Parallel()
	schemas := loadSchemas(t.Context())
	rapid.Check(t, func(t *rapid.T) {
		play(t, schemas, scenarios(toldKinds()).Draw(t, "scenario"))
	})
}

// TestModelOnTerraform replays twenty sequences through a real Terraform.
func TestModelOnTerraform(t *testing.T) {
	t.Parallel()
	found := terraform.Require(t)
	built, err := terraform.NewOverride(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for seed := range 20 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			s := plainScenarios().Example(seed)
			var w *world
			w, end := newWorld(t, s, func() engine {
				return &cli{CLI: found, t: t, folder: t.TempDir(), config: built.Config, secret: func() string { return w.secret }}
			})
			defer end()
			w.clock.base = time.Now
			w.play()
		})
	}
}

// play runs a scenario on the model of core.
func play(t tb, schemas protocol.Schemas, s scenario) {
	t.Helper()
	var w *world
	w, end := newWorld(t, s, func() engine {
		return &core{
			flavor: s.Flavor, schemas: schemas,
			options: func(r request) provider.Options { return w.options(r) },
			opened:  func(ciphertext string) string { return w.reader.open(ciphertext) },
		}
	})
	defer end()
	w.play()
}

func (w *world) play() {
	w.t.Helper()
	for i, step := range w.Steps {
		w.at = i
		w.t.Logf("%#v", step)
		step.take(w)
	}
}

// newWorld makes a world. Each workspace has an engine of its own, which is not used
// before the world is there.
func newWorld(t tb, s scenario, newEngine func() engine) (w *world, end func()) {
	t.Helper()
	w = &world{t: t, scenario: s, memory: newMemory()}
	w.clock.base = clockStart
	var ends []func()
	end = func() {
		for _, o := range slices.Concat(w.orphans, w.buried) {
			o.end()
		}
		for _, end := range ends {
			end()
		}
	}
	must := func(err error) {
		if err != nil {
			end()
			t.Fatalf("%s", err)
		}
	}
	keys := []string{"", ""}
	if s.Workspaces == anotherIntegrator {
		keys = append(keys, "int_second")
	}
	for _, key := range keys {
		server, err := emulator.Start(emulator.Options{
			Key:                       key,
			Clock:                     w.clock.now,
			DropOldestOnRegenerate:    s.DropOldest,
			OldSecretCannotRegenerate: s.OldCannotRegenerate,
		})
		must(err)
		w.servers = append(w.servers, server)
		w.memory.account(server.Secret())
		ends = append(ends, server.Close)
	}
	nets := s.Nets
	if len(nets) == 0 {
		nets = []net{noNet}
	}
	for _, n := range nets {
		m, err := newMachine(n)
		must(err)
		w.machines = append(w.machines, m)
		ends = append(ends, m.close)
	}
	if s.has(recipients) {
		var err error
		w.reader, err = newReader()
		must(err)
	}
	w.here = w.machines[0]
	homes := map[workspacePair][]int{oneWorkspace: {0}, sameIntegrator: {0, 0}, anotherIntegrator: {0, 2}}
	for i, home := range homes[s.Workspaces] {
		w.workspaces = append(w.workspaces, w.newWorkspace([]string{"default", "second"}[i], w.servers[home], newEngine()))
	}
	w.workspace = w.workspaces[0]
	return w, end
}
