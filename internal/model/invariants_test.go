// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// memory is what the checks remember of the commands before.
type memory struct {
	accounted map[string]bool // somebody holds the secret, or its loss was told
	dead      map[string]bool // an output has said that the secret is not accepted
	// older are the secrets that a state has held before it held this one.
	older map[string][]string
	// unseen are the secrets of tainted states that were replaced without a
	// refresh, in vain: only Read is shown what private state says of them.
	unseen map[string]bool
	skew   time.Duration
	// rotated is what the last killed command has made, with its step.
	rotated struct {
		step   int
		secret string
	}
	// imported is the endpoint of the state that was imported last.
	imported *emulator.Server
}

func newMemory() memory {
	return memory{accounted: map[string]bool{}, dead: map[string]bool{}, older: map[string][]string{}, unseen: map[string]bool{}}
}

func (m *memory) account(secret string) { m.accounted[secret] = true }

// check holds what a command has done against the invariants.
func (w *world) check(r *ran) {
	w.t.Helper()
	w.checkSecrecy(r)
	w.checkContract(r)
	w.checkPosts(r)
	w.checkClaims(r)
	w.checkSuccession(r)
	w.checkHolders(r)
	w.checkDeath(r)
	w.checkRecovery(r)
}

// No secret is in any output, log or private state, in no guise.
func (w *world) checkSecrecy(r *ran) {
	w.t.Helper()
	var text strings.Builder
	for _, d := range slices.Concat(r.out.shown, r.out.hidden) {
		text.WriteString(d.Summary + d.Detail)
	}
	for _, h := range r.after.all() {
		text.Write(h.private)
	}
	text.Write(r.log.Bytes())
	output := text.String()
	for _, secret := range slices.Concat(w.servers[0].Secrets(), w.servers[1].Secrets(), []string{wrongSecret}) {
		for _, guise := range guises(secret) {
			if strings.Contains(output, guise) {
				w.t.Logf("%s", output)
				w.t.Fatalf("a secret is in the output of %s", r.name)
			}
		}
	}
}

// guises are the secret itself, in hex, and in base64 at each of its alignments.
func guises(secret string) []string {
	all := []string{secret, hex.EncodeToString([]byte(secret))}
	for offset := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + secret))
		all = append(all, encoded[4:len(encoded)-4])
	}
	return all
}

// The provider keeps its contract with Terraform, and never fails in the plan
// that is made again during apply. OpenTofu does not tell which that is; for an
// update, which leaves the state as it is, an error is allowed there.
func (w *world) checkContract(r *ran) {
	w.t.Helper()
	for _, d := range r.out.shown {
		if d.From == "core" && (strings.HasPrefix(d.Summary, "Provider ") || strings.HasSuffix(d.Summary, " failed") || strings.HasPrefix(d.Summary, "upgrade ")) {
			w.t.Logf("%s: %s", d.Summary, d.Detail)
			w.t.Fatalf("Terraform complains: %s", d.Summary)
		}
		if d.From == "plan in apply" && d.Error && (w.Flavor.DeferralAllowed || r.planned != update) {
			w.t.Fatalf("an error in the plan made again during apply: %s", d.Summary)
		}
		if d.Error && slices.Contains([]string{"read", "upgrade", "validate", "validate provider", "configure"}, d.From) {
			w.t.Fatalf("an error from %s: %s", d.From, d.Summary)
		}
	}
}

// What the provider says of a rotation is true.
func (w *world) checkClaims(r *ran) {
	w.t.Helper()
	processed := 0
	for _, p := range r.posts() {
		if p.Processed {
			processed++
		}
	}
	claims := []struct {
		summary string
		holds   bool
	}{
		{notRotated, processed == 0},
		{interruptedNow, processed == 0},
		{unreadableLost, processed > 0},
		{resumed, processed == 0},
		{perhapsTwice, processed > 0},
		{putBack, r.before.current != nil && r.after.current != nil && r.before.current.secret == r.after.current.secret && r.after.current.tainted},
		{notChecked, r.faults.any() || w.memory.skew != 0},
	}
	for _, claim := range claims {
		if r.saidSummary(claim.summary) && !claim.holds {
			w.t.Fatalf("not true: %s", claim.summary)
		}
	}
}

// A failure does not empty the state. A secret in it is replaced only by one of the
// same integrator that is not older.
func (w *world) checkSuccession(r *ran) {
	w.t.Helper()
	before, after := r.before.current, r.after.current
	switch {
	case r.killed, r.name == "destroy", r.name == "import", before == nil && after == nil:
		return
	case before != nil && after == nil:
		w.t.Fatalf("the state was emptied")
	case before == nil:
		before = &held{}
	}
	if before.tainted && (!r.refresh || r.unknownSettings != nil) {
		w.memory.unseen[before.secret] = true
	}
	if before.secret == after.secret {
		// Where neither Read nor plan was shown the state, Create may take it for
		// that of an interrupted run, and says so.
		again := r.planned == createThenDelete && (!r.refresh || r.unknownSettings != nil) && r.saidSummary(resumed)
		if !again && (before.version != after.version || before.oldSecretExpiresAt != after.oldSecretExpiresAt) {
			w.t.Fatalf("the version or expiry changed without the secret")
		}
		return
	}
	w.checkSuccessor(r, before, after)
}

// checkSuccessor checks that the secret in the new state may succeed the one in the
// old state.
func (w *world) checkSuccessor(r *ran, before, after *held) {
	w.t.Helper()
	unseen := w.memory.unseen[before.secret]
	trusted := w.SkipValidation && before.secret == "" && after.secret == w.secret
	if (w.origin(after.secret) != w.server || after.key != w.key) && !trusted {
		w.t.Fatalf("a foreign secret was adopted")
	}
	made := slices.Index(w.server.Secrets(), after.secret) >= r.issued
	if !made && !unseen && slices.Contains(w.memory.older[before.secret], after.secret) {
		w.t.Fatalf("a superseded secret was adopted")
	}
	older := []string{before.secret}
	if made { // with all that might have signed
		older = append(older, w.secret)
	}
	if r.planned != createThenDelete { // Create is shown nothing of the state
		older = append(older, w.memory.older[before.secret]...)
		if !unseen && before.secret != "" && w.origin(before.secret) != w.server {
			w.t.Fatalf("a secret was succeeded by that of another endpoint")
		}
		if after.version <= before.version {
			w.t.Fatalf("the version fell or repeated")
		}
	} else {
		older = older[1:]
	}
	w.memory.older[after.secret] = older
}

// If nobody holds a live secret, an error has said so.
func (w *world) checkHolders(r *ran) {
	w.t.Helper()
	issued := w.server.Secrets()
	for _, secret := range issued[r.issued:] {
		if w.holder(secret, r) != "" || !w.alive(secret) || w.memory.accounted[secret] {
			continue
		}
		if r.killed && (w.recovery == "" || !w.delivered(r)) {
			w.memory.account(secret)
			continue
		}
		named := slices.IndexFunc(r.out.shown, tellsLoss)
		if named < 0 {
			w.t.Fatalf("a live secret that nobody holds, and no word of it")
		}
		w.memory.account(secret)
		w.checkPromise(r, r.out.shown[named])
	}
	for _, server := range w.servers {
		newest := server.Secret()
		if r.killed && w.recovery == "" {
			w.memory.account(newest)
		}
		// Terraform shows a tainted object to Read only, so the provider did not see
		// that it belongs to another endpoint.
		if server != w.server && w.memory.unseen[newest] {
			w.memory.account(newest)
		}
		if server.Accepts(newest) && !w.memory.accounted[newest] && w.holder(newest, r) == "" {
			w.t.Fatalf("the live secret is held by nobody any more")
		}
	}
}

// delivered reports whether the provider was given a new secret.
func (w *world) delivered(r *ran) bool {
	posts := r.posts()
	i := len(posts) - 1
	fault := none
	if i >= 0 && i < len(r.faults.Posts) {
		fault = r.faults.Posts[i]
	}
	return i >= 0 && fault.outcome(posts[i]) == regenerated
}

// holder says where a secret is, "" for nowhere.
func (w *world) holder(secret string, r *ran) string {
	if slices.ContainsFunc(r.after.all(), func(h *held) bool { return h.secret == secret }) {
		return "state"
	}
	if w.secret == secret {
		return "configuration"
	}
	for path, content := range w.recoveryFiles() {
		if strings.Contains(content, secret) {
			return path
		}
	}
	return ""
}

func (w *world) recoveryFiles() map[string]string {
	files := map[string]string{}
	if w.recovery == "" {
		return files
	}
	paths, _ := filepath.Glob(filepath.Join(w.recovery, "*"))
	for _, path := range paths {
		content, _ := os.ReadFile(path)
		files[filepath.Base(path)] = string(content)
	}
	return files
}

// checkPromise checks the time until which the old secret is said to work.
func (w *world) checkPromise(r *ran, d diagnostic) {
	w.t.Helper()
	posts := r.posts()
	if graceOf(posts[0]) == 0 || d.Summary == perhapsTwice {
		return // the state's old_secret_expires_at tells
	}
	times := promises(d)
	if len(times) == 0 {
		w.t.Fatalf("no word of how long the old secret works: %s", d.Summary)
	}
	if strings.Contains(d.Detail, "may have ended the old secret already") {
		return
	}
	var ahead time.Duration // of the clock that the time is told by
	if w.memory.skew.Abs() > 300*time.Second {
		ahead = w.memory.skew // the API's
	}
	old := w.server.Secrets()[r.issued-1]
	for _, at := range times {
		at = at.Add(-ahead - 2*time.Second) // clocks are compared in whole seconds
		if at.After(w.clock.now()) && !w.acceptedAt(w.server, old, at) {
			w.t.Fatalf("the old secret does not work as long as is said: %s", d.Summary)
		}
	}
}

// acceptedAt reports whether a secret will be accepted at some time, if nothing
// happens.
func (w *world) acceptedAt(server *emulator.Server, secret string, at time.Time) bool {
	now := w.clock.now()
	w.clock.pass(at.Sub(now))
	defer func() { w.clock.pass(now.Sub(at)) }()
	return server.Accepts(secret)
}

// foreign reports whether a secret in state belongs to another integrator or
// endpoint than the one that is configured.
func (w *world) foreign(h *held) bool {
	origin := w.origin(h.secret)
	if h.secret == "" {
		origin = w.memory.imported
	}
	return h.key != w.key || origin != w.server
}

// The secret in state is live, or an output has said that it is not.
func (w *world) checkDeath(r *ran) {
	w.t.Helper()
	for _, h := range []*held{r.before.current, r.after.current} {
		if h != nil && r.said(tellsDeath) {
			w.memory.dead[h.secret] = true
		}
	}
	current := r.after.current
	processed := slices.ContainsFunc(r.posts(), func(p emulator.Request) bool { return p.Processed })
	switch {
	case r.killed, current == nil, current.secret == "", w.SkipValidation:
	case w.alive(current.secret), w.memory.dead[current.secret]:
	case !r.refresh && !processed: // nobody has asked
	case r.unknownSettings != nil && !processed: // nobody could
	case r.aliveBefore && !processed: // it has ended in the meantime
	case r.saidSummary(notChecked):
	default:
		w.t.Fatalf("the secret in state is dead, and no word of it")
	}
}

// adoptable reports whether a live secret is available that was made after the one
// in state, so that the provider is to adopt it.
func (w *world) adoptable(current *held) bool {
	issued := w.server.Secrets()
	return slices.ContainsFunc([]string{w.secret, w.recovered()}, func(secret string) bool {
		return slices.Index(issued, secret) > slices.Index(issued, current.secret) && w.server.Accepts(secret)
	})
}

// recovered is the secret in the recovery folder, "" for none.
func (w *world) recovered() string {
	for _, content := range w.recoveryFiles() {
		var entry struct{ Endpoint, Secret string }
		if json.Unmarshal([]byte(content), &entry) == nil && entry.Endpoint == w.server.URL() {
			return entry.Secret
		}
	}
	return ""
}

// The recovery file goes when a refresh sees its secret in state.
func (w *world) checkRecovery(r *ran) {
	w.t.Helper()
	if r.killed || !r.refresh || r.before.current == nil || r.before.current.secret == "" || w.foreign(r.before.current) || r.unknownSettings != nil {
		return
	}
	if w.memory.unseen[r.before.current.secret] {
		return // it may be in the file of another endpoint
	}
	for path, content := range w.recoveryFiles() {
		if strings.Contains(content, r.before.current.secret) && !strings.Contains(path, ".reply-") && r.ok {
			w.t.Fatalf("a recovery file is left although its secret was seen in state")
		}
	}
}

// describe is a state in short.
func (w *world) describe(s stored) string {
	var parts []string
	for i, h := range s.all() {
		kind := "deposed"
		if i == 0 && s.current != nil {
			kind = "current"
		}
		where := slices.Index(w.servers[:], w.origin(h.secret))
		number := -1
		if where >= 0 {
			number = slices.Index(w.servers[where].Secrets(), h.secret)
		}
		parts = append(parts, fmt.Sprintf("%s: secret %d of endpoint %d, alive %t, version %d, tainted %t", kind, number, where, w.alive(h.secret), h.version, h.tainted))
	}
	return strings.Join(parts, "; ")
}
