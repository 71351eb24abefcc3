// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
	// signed are the secrets that certainly are in the history of this one: they were
	// in the state before, or have signed.
	signed map[string][]string
	// unseen are the secrets of tainted states that were replaced without a
	// refresh, in vain: only Read is shown what private state says of them.
	unseen map[string]bool
	skew   time.Duration
}

func newMemory() memory {
	return memory{accounted: map[string]bool{}, dead: map[string]bool{}, older: map[string][]string{}, signed: map[string][]string{}, unseen: map[string]bool{}}
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
	w.checkSealed(r)
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
	text.WriteString(r.log.String())
	output := text.String()
	for _, secret := range append(w.secrets(), wrongSecret) {
		for _, guise := range guises(secret) {
			if strings.Contains(output, guise) {
				w.t.Logf("%s", output)
				w.t.Fatalf("a secret is in the output of %s", r.name)
			}
		}
	}
}

// secrets are all that were ever made.
func (w *world) secrets() (all []string) {
	for _, server := range w.servers {
		all = append(all, server.Secrets()...)
	}
	return all
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
	saysUnchanged := func(d diagnostic) bool { return strings.Contains(d.Detail, "Nothing was changed") }
	if w.has(trueWords) && r.said(saysUnchanged) && r.before.current != nil && r.before.current.secret != "" && r.after.current == nil {
		w.t.Fatalf("not true: the state has lost its secret, and nothing was changed")
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
		// Create was not called, or Terraform has forgotten the object before it.
		if r.dependency == ready && r.planned != forgetThenCreate {
			w.t.Fatalf("the state was emptied")
		}
		return
	case before == nil:
		before = &held{}
	}
	if before.tainted && (!r.refresh || r.unknownSettings != nil) {
		w.memory.unseen[before.secret] = true
	}
	if before.secret == after.secret {
		if w.has(markedEntries) && r.ok && r.applies() && r.planned.replaces() {
			w.t.Fatalf("a replacement gave the same secret again")
		}
		// Where neither Read nor plan was shown the state, Create may take it for
		// that of an interrupted run, and says so.
		again := !w.has(markedEntries) && r.planned.isBlind() && (!r.refresh || r.unknownSettings != nil) && r.saidSummary(resumed)
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
	if w.has(plainImports) && r.before.current != nil && before.secret == "" && !made && !r.planned.replaces() && r.refresh && after.secret != r.secretThen {
		w.t.Fatalf("an import took another secret than the configured one")
	}
	w.checkOrder(r, before, after, made)
	if !made && !unseen && slices.Contains(w.memory.older[before.secret], after.secret) {
		w.t.Fatalf("a superseded secret was adopted")
	}
	older := w.supersededBy(r, after.secret, made)
	if !r.planned.isBlind() {
		older = append(append(older, before.secret), w.memory.older[before.secret]...)
		if origin := w.origin(before.secret); !unseen && origin != nil && origin != w.server { // a dummy has none
			w.t.Fatalf("a secret was succeeded by that of another endpoint")
		}
		if after.version <= before.version {
			w.t.Fatalf("the version fell or repeated")
		}
	}
	w.memory.older[after.secret] = older
	w.memory.signed[after.secret] = r.signers()
	switch {
	case r.planned.isBlind():
	case before.tainted && !r.refresh: // Terraform shows no private state of it
		w.memory.signed[after.secret] = append(r.signers(), before.secret)
	default:
		w.memory.signed[after.secret] = slices.Concat(r.signers(), []string{before.secret}, w.memory.signed[before.secret])
	}
}

// supersededBy are the secrets that a new one is known to supersede, whatever the state
// held: all that the command that made it might have signed with and all that the net held,
// or what its entry in the net names.
func (w *world) supersededBy(r *ran, secret string, made bool) (older []string) {
	if made {
		older = append(r.signers(), w.secret)
	}
	for _, e := range r.entries {
		switch {
		case made:
			older = append(older, e.secret)
		case e.secret == secret:
			older = append(older, slices.DeleteFunc(w.secrets(), func(s string) bool { return !slices.Contains(e.followed, fingerprint(s)) })...)
		}
	}
	return older
}

// If nobody holds a live secret, an error has said so.
func (w *world) checkHolders(r *ran) {
	w.t.Helper()
	issued := w.server.Secrets()
	for _, secret := range issued[r.issued:] {
		if w.holder(secret) != "" || !w.alive(secret) || w.memory.accounted[secret] {
			continue
		}
		if r.killed {
			if w.promised(r, secret) {
				w.t.Fatalf("a secret that was delivered is held by nobody, after %s", r.occasion())
			}
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
	w.checkNewest(r)
}

// checkNewest checks that the newest secret of each endpoint is held by somebody,
// unless the command may have lost it.
func (w *world) checkNewest(r *ran) {
	w.t.Helper()
	for _, server := range w.servers {
		newest := server.Secret()
		// Terraform shows a tainted object to Read only, so the provider did not see
		// that it belongs to another endpoint.
		if server != r.server && w.memory.unseen[newest] {
			w.memory.account(newest)
		}
		if !server.Accepts(newest) || w.memory.accounted[newest] {
			continue
		}
		switch wasThere := r.before.holds(newest) || slices.Index(server.Secrets(), newest) >= r.issued; {
		case w.holder(newest) != "":
			if server == r.server && w.owed(r, newest) && !w.atHand(r, newest) {
				w.t.Fatalf("the net does not give the live secret back")
			}
		case wasThere && !w.promised(r, newest):
			w.memory.account(newest)
		default:
			w.t.Fatalf("the live secret is held by nobody any more, after %s", r.occasion())
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
func (w *world) holder(secret string) string {
	for _, space := range w.workspaces {
		if space.terraform.stored().holds(secret) {
			return "a state"
		}
		if space.secret == secret {
			return "a configuration"
		}
	}
	for _, o := range w.orphans {
		if o.made == secret {
			return "an orphan"
		}
	}
	for _, m := range w.machines {
		for _, space := range w.workspaces {
			if m.folder(space.name).holds(secret, w.secrets(), w.reader.open) {
				return "a net"
			}
		}
	}
	return ""
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
	if strings.Contains(d.Detail, "the old secret may be invalid already") {
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
		origin = w.imported.server
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
	case !w.readable(current): // the provider concludes nothing
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
	available := []string{w.secret}
	for _, e := range w.given(current) {
		if e.endpoint == w.server.URL() && !e.kept && slices.Contains(e.followed, fingerprint(current.secret)) {
			available = append(available, e.secret)
		}
	}
	return w.readable(current) && slices.ContainsFunc(available, func(secret string) bool {
		return slices.Index(issued, secret) > slices.Index(issued, current.secret) && w.server.Accepts(secret)
	})
}

// describe is a state in short.
func (w *world) describe(s stored) string {
	var parts []string
	for i, h := range s.all() {
		kind := "deposed"
		if i == 0 && s.current != nil {
			kind = "current"
		}
		where := slices.Index(w.servers, w.origin(h.secret))
		number := -1
		if where >= 0 {
			number = slices.Index(w.servers[where].Secrets(), h.secret)
		}
		parts = append(parts, fmt.Sprintf("%s: secret %d of endpoint %d, alive %t, version %d, tainted %t", kind, number, where, w.alive(h.secret), h.version, h.tainted))
	}
	return strings.Join(parts, "; ")
}
