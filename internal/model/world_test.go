// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// scenario is a sequence of events, and the world in which they happen. It is plain
// data, so that a failing one can be pasted into a test.
type scenario struct {
	Flavor                          flavor
	RecoveryDir, SkipValidation     bool
	MaxRetries                      int
	DropOldest, OldCannotRegenerate bool // readings of what the API leaves unclear
	Grace                           int  // at first, of the resource; -1 for null
	CreateBeforeDestroy             bool
	Steps                           []step
}

// step is one event of a scenario.
type step interface{ take(w *world) }

// tb is what testing.T and rapid.T have in common.
type tb interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// engine carries out the commands of Terraform: the model of core, or the real one.
type engine interface {
	apply(r request, out *output) bool
	save(r request, out *output) bool
	applySaved(r request, out *output) bool
	refresh(r request, out *output) bool
	destroy(r request, out *output) bool
	importSecret(r request, key string, out *output) bool
	// plan reports whether a plan is empty and its refresh changes nothing.
	plan(r request, out *output) (idle, ok bool)
	taint(tainted bool)
	forget()
	stored() stored
}

// stored is what a state says of the secret.
type stored struct {
	current *held
	deposed []*held
	serial  int
}

func (s stored) all() []*held {
	all := s.deposed
	if s.current != nil {
		all = append([]*held{s.current}, all...)
	}
	return all
}

// held is a secret that a state holds.
type held struct {
	secret, key, oldSecretExpiresAt string
	version                         int64
	tainted                         bool
	private                         []byte
}

// world is all that there is: the API at two endpoints, the clocks, the
// configuration, a state.
type world struct {
	t tb
	scenario
	clock     clock
	servers   [2]*emulator.Server // the second is another environment
	recovery  string              // folder, "" for none
	terraform engine

	// The configuration.
	server  *emulator.Server
	key     string
	secret  string // INTEGRATOR_SECRET
	trigger string // of rotate_when_changed: "" for no map, "{}" for an empty one
	edits   int    // of the trigger
	at      int    // the step that is being taken
	grace   int    // -1 for null
	days    int    // 0 for null
	cbd     bool

	saved struct { // the configuration that the saved plan was made with
		server *emulator.Server
		key    string
	}
	interruption struct {
		when   interrupt
		cancel context.CancelFunc
	}
	memory memory
	stats  func(*ran)
}

// clock is that of the provider and, but for a skew, of the API.
type clock struct {
	base   func() time.Time // the machine's clock, or one that stands still
	passed atomic.Int64     // a time.Duration
}

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.passed.Load())) }

func (c *clock) pass(d time.Duration) { c.passed.Add(int64(d)) }

// options are how the provider meets this world.
func (w *world) options() provider.Options {
	return provider.Options{
		Clock:     w.clock.now,
		RetryWait: time.Millisecond,
		Getenv: func(name string) string {
			if name == "INTEGRATOR_SECRET" {
				return w.secret
			}
			return ""
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			w.interruptAt(whileWaiting)
			if ctx.Err() == nil {
				w.clock.pass(d)
			}
			return ctx.Err()
		},
		BeginRotation: func() func() {
			w.interruptAt(atRotation)
			return func() {}
		},
	}
}

func (w *world) interruptAt(when interrupt) {
	if w.interruption.when == when {
		w.interruption.cancel()
	}
}

// settings is the provider block.
func (w *world) settings() map[string]any {
	settings := map[string]any{
		"integrator_key": w.key,
		"endpoint":       w.server.URL(),
		"max_retries":    w.MaxRetries,
	}
	if w.recovery != "" {
		settings["recovery_dir"] = w.recovery
	}
	if w.SkipValidation {
		settings["skip_credentials_validation"] = true
	}
	return settings
}

// config is the resource block.
func (w *world) config() map[string]any {
	config := map[string]any{}
	if w.grace >= 0 {
		config["old_secret_valid_for_seconds"] = w.grace
	}
	if w.days > 0 {
		config["rotate_after_days"] = w.days
	}
	switch w.trigger {
	case "":
	case "{}":
		config["rotate_when_changed"] = map[string]string{}
	default:
		config["rotate_when_changed"] = map[string]string{"key": w.trigger}
	}
	return config
}

func (w *world) request() request {
	return request{settings: w.settings(), config: w.config(), cbd: w.cbd, refresh: true, ctx: context.Background(),
		beforeApply: func() { w.interruptAt(beforeCall) }}
}

// ran is a command that was run, as an onlooker sees it.
type ran struct {
	request
	name        string
	ok          bool
	killed      bool
	interrupted bool
	faults      faults
	planned     action
	before      stored
	after       stored
	aliveBefore bool // the secret in state
	issued      int  // how many secrets there were before
	startedAt   time.Time
	out         *output
	log         *bytes.Buffer
	requests    []emulator.Request
}

func (r *ran) posts() (posts []emulator.Request) {
	for _, request := range r.requests {
		if request.Method == http.MethodPost {
			posts = append(posts, request)
		}
	}
	return posts
}

func (r *ran) gets() int { return len(r.requests) - len(r.posts()) }

// command runs a command and checks what it has done.
func (w *world) command(name string, r request, f faults, when interrupt, run func(request, *output) bool) *ran {
	w.t.Helper()
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	r.ctx = ctx
	w.interruption.when, w.interruption.cancel = when, cancel
	defer func() { w.interruption.when = never }()

	log := &bytes.Buffer{}
	done := &ran{
		request: r, name: name, faults: f, interrupted: when != never,
		before: w.terraform.stored(), issued: len(w.server.Secrets()), startedAt: w.clock.now(),
		out: &output{log: log}, log: log,
	}
	done.aliveBefore = done.before.current != nil && w.alive(done.before.current.secret)
	offset, elsewhere := len(w.server.Requests()), len(w.other().Requests())
	func() {
		defer w.inject(f, when == whileSent)()
		defer func() {
			if recovered := recover(); recovered != nil {
				if _, done.killed = recovered.(killed); !done.killed {
					panic(recovered)
				}
			}
		}()
		done.ok = run(r, done.out) && !done.out.failed()
	}()
	w.server.Heal()
	done.planned = done.out.planned
	done.after = w.terraform.stored()
	done.requests = w.server.Requests()[offset:]
	w.tell(done)
	if w.stats != nil {
		w.stats(done)
	}
	if len(w.other().Requests()) != elsewhere {
		w.t.Fatalf("a request went to another endpoint than the configured one")
	}
	w.check(done)
	return done
}

// inject queues the faults. If told so, it interrupts the command when the first
// request to regenerate the secret has arrived.
func (w *world) inject(f faults, interrupt bool) (end func()) {
	for _, get := range f.Gets {
		w.server.Inject(get.fault())
	}
	var posts []emulator.Fault
	for _, post := range f.Posts {
		posts = append(posts, post.fault())
	}
	end = func() {}
	if interrupt {
		if len(posts) == 0 {
			posts = append(posts, none.fault())
		}
		reached, hold, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
		posts[0].Reached, posts[0].Hold = reached, hold
		var wait sync.WaitGroup
		wait.Go(func() {
			select {
			case <-reached:
				w.interruption.cancel()
				close(hold)
			case <-ended:
			}
		})
		end = func() { close(ended); wait.Wait() }
	}
	w.server.Inject(posts...)
	return end
}

// other is the endpoint that is not configured.
func (w *world) other() *emulator.Server {
	if w.server == w.servers[0] {
		return w.servers[1]
	}
	return w.servers[0]
}

// origin is the endpoint that has issued a secret, nil for none.
func (w *world) origin(secret string) *emulator.Server {
	for _, s := range w.servers {
		for _, issued := range s.Secrets() {
			if issued == secret {
				return s
			}
		}
	}
	return nil
}

// alive reports whether the API that has issued the secret accepts it now.
func (w *world) alive(secret string) bool {
	s := w.origin(secret)
	return s != nil && s.Accepts(secret)
}

// tell writes the transcript of a command.
func (w *world) tell(r *ran) {
	w.t.Logf("  %s: ok %t killed %t planned %q", r.name, r.ok, r.killed, r.planned)
	for _, request := range r.requests {
		w.t.Logf("    %s signed with %d, processed %t, status %d", request.Method, request.SignedWith, request.Processed, request.Status)
	}
	for _, d := range r.out.shown {
		w.t.Logf("    %s: %s (error %t)", d.From, d.Summary, d.Error)
	}
	w.t.Logf("    state %s", w.describe(r.after))
}
