// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"bytes"
	"context"
	"net/http"
	"slices"
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
	Kinds                           []kind
	Nets                            []net // of the machines; none at all is one machine without a net
	Workspaces                      workspacePair
	SkipValidation                  bool
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

func (s stored) holds(secret string) bool {
	return slices.ContainsFunc(s.all(), func(h *held) bool { return h.secret == secret })
}

// held is a secret that a state holds.
type held struct {
	secret, key, oldSecretExpiresAt string
	ciphertext                      string // of the secret, "" where it is in plaintext
	version                         int64
	tainted                         bool
	private                         []byte
}

// world is all that there is: the API at several endpoints, the clocks, machines,
// states with their configurations.
type world struct {
	t tb
	scenario
	clock       clock
	servers     []*emulator.Server // home, another environment, another integrator
	machines    []*machine
	here        *machine // where commands run
	workspaces  []*workspace
	*workspace            // the one that is selected
	reader      *reader   // who has the private key of the recipients
	readerIsOut bool      // runs do not have the key
	edits       int       // of triggers
	at          int       // the step that is being taken
	orphans     []*orphan // that may go on, the oldest first
	buried      []*orphan // that never will

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

// options are how the provider meets this world, in a process of a command.
func (w *world) options(r request) provider.Options {
	options := provider.Options{
		Clock:      w.clock.now,
		RetryWait:  time.Millisecond,
		WorkFactor: 1,
		Orphaned:   r.orphan.isOne,
		Getenv: func(name string) string {
			switch {
			case name == "INTEGRATOR_SECRET":
				return w.secret
			case name == "TF_WORKSPACE":
				return w.name
			case name == "INTEGRATOR_AGE_IDENTITY" && w.reader != nil && !w.readerIsOut:
				return w.reader.key()
			}
			return ""
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			r.orphan.waits()
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
	w.here.configure(map[string]any{}, &options)
	return options
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
	w.here.configure(settings, &provider.Options{})
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
	if w.sealed {
		config["recipients"] = []string{w.reader.recipient()}
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
	return request{settings: w.settings(), config: w.config(), cbd: w.cbd, keep: w.keep, refresh: true, ctx: context.Background(),
		beforeApply: func() { w.interruptAt(beforeCall) }}
}

// ran is a command that was run, as an onlooker sees it.
type ran struct {
	request
	workspace   *workspace
	server      *emulator.Server
	here        *machine
	secretThen  string // INTEGRATOR_SECRET
	name        string
	ok          bool
	killed      bool
	interrupted bool
	faults      faults
	planned     action
	before      stored
	after       stored
	aliveBefore bool    // the secret in state
	given       []entry // what the net gave it
	blindly     []entry // what of that it could open without the state
	entries     []entry // all that is in the net, opened or not
	blocked     bool    // the net held something that the run could not open
	issued      int     // how many secrets there were before
	startedAt   time.Time
	out         *output
	log         *transcript
	requests    []emulator.Request
	offset      int // of the requests among those to the endpoint
}

// applies reports whether the command may carry out a plan to change the secret.
func (r *ran) applies() bool { return r.name == "apply" || r.name == "apply the plan" }

// occasion says what a command was, in short.
func (r *ran) occasion() string {
	switch {
	case r.orphan != nil && r.orphan.stopped.Load():
		return "an orphan"
	case r.dependency != ready && r.planned.empties():
		return "a dependency that " + string(r.dependency)
	case r.killed:
		return "a kill"
	case r.planned == forgetThenCreate:
		return "a forgotten object"
	}
	return r.name
}

// transcript is a log, which an orphan may go on writing.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *transcript) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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
	r.ctx, r.cancel = ctx, cancel
	w.interruption.when, w.interruption.cancel = when, cancel
	defer func() { w.interruption.when = never }()

	log := &transcript{}
	done := &ran{
		request: r, workspace: w.workspace, server: w.server, here: w.here, secretThen: w.secret, name: name, faults: f, interrupted: when != never,
		before: w.terraform.stored(), issued: len(w.server.Secrets()), startedAt: w.clock.now(),
		out: &output{log: log}, log: log,
	}
	done.given, done.blindly = w.given(done.before.current), w.given(nil)
	done.blocked = w.blocked(done.blindly)
	done.entries = w.here.folder(w.name).entries(w.secrets(), w.reader.open)
	done.aliveBefore = done.before.current != nil && w.alive(done.before.current.secret)
	done.offset = len(w.server.Requests())
	elsewhere := w.requestsElsewhere()
	func() {
		defer w.inject(f, when == whileSent, r.orphan)()
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
	done.requests = w.server.Requests()[done.offset:]
	w.adoptOrphan(done)
	w.tell(done)
	if w.stats != nil {
		w.stats(done)
	}
	if w.requestsElsewhere() != elsewhere {
		w.t.Fatalf("a request went to another endpoint than the configured one")
	}
	w.check(done)
	return done
}

// inject queues the faults. If told so, it interrupts the command when the first
// request to regenerate the secret has arrived.
func (w *world) inject(f faults, interrupt bool, o *orphan) (end func()) {
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
	if o != nil && o.At == whileReplied {
		posts = append(posts, o.reply())
	}
	w.server.Inject(posts...)
	return end
}

// requestsElsewhere counts those to endpoints that are not configured.
func (w *world) requestsElsewhere() (n int) {
	for _, s := range w.servers {
		if s != w.server {
			n += s.Count("", "")
		}
	}
	return n
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
