// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package model tests the provider against a model of everything around it:
// Terraform's core, the API, clocks, what people do, and what goes wrong. Random
// sequences of events are run, and after each command the invariants are
// checked that a provider of secrets must keep.
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
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// TestMain has the tests play the same sequences each time, so that a change is
// judged by what it changes. "make soak" looks for new ones.
func TestMain(m *testing.M) {
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
		play(t, schemas, scenarios().Draw(t, "scenario"))
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
			w, end := newWorld(t, s)
			defer end()
			w.clock.base = time.Now
			w.terraform = &cli{CLI: found, t: t, folder: t.TempDir(), config: built.Config, secret: func() string { return w.secret }}
			w.play()
		})
	}
}

// play runs a scenario on the model of core.
func play(t tb, schemas protocol.Schemas, s scenario) {
	t.Helper()
	w, end := newWorld(t, s)
	defer end()
	w.terraform = &core{flavor: s.Flavor, options: w.options(), schemas: schemas}
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

func newWorld(t tb, s scenario) (*world, func()) {
	t.Helper()
	w := &world{t: t, scenario: s, memory: newMemory(), trigger: "0", grace: s.Grace, cbd: s.CreateBeforeDestroy}
	w.clock.base = clockStart
	var ends []func()
	for i := range w.servers {
		server, err := emulator.Start(emulator.Options{
			Clock:                     w.clock.now,
			DropOldestOnRegenerate:    s.DropOldest,
			OldSecretCannotRegenerate: s.OldCannotRegenerate,
		})
		if err != nil {
			t.Fatalf("%s", err)
		}
		w.servers[i] = server
		w.memory.account(server.Secret())
		ends = append(ends, server.Close)
	}
	w.server, w.key, w.secret = w.servers[0], w.servers[0].Key(), w.servers[0].Secret()
	if s.RecoveryDir {
		folder, err := os.MkdirTemp("", "recovery-")
		if err != nil {
			t.Fatalf("%s", err)
		}
		w.recovery = folder
		ends = append(ends, func() { _ = os.RemoveAll(folder) })
	}
	return w, func() {
		for _, end := range ends {
			end()
		}
	}
}
