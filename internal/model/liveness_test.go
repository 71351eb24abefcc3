// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"reflect"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// checkHealthy demands that an apply succeeds when nothing goes wrong and a
// secret is at hand that the API lets sign, and that the secret in state is live
// then.
func (w *world) checkHealthy(r *ran) {
	w.t.Helper()
	skew := w.memory.skew.Abs()
	if r.faults.any() || r.killed || r.dependency != ready && r.planned.empties() ||
		r.interrupted || !r.refresh || r.unknownSettings != nil || r.blocked ||
		skew > 24*time.Hour || skew > 300*time.Second && w.MaxRetries == 0 ||
		r.before.current != nil && w.foreign(r.before.current) || w.key != w.server.Key() {
		return
	}
	signs := w.canSign(r)
	if !r.ok && signs {
		w.t.Fatalf("failed, although nothing was wrong and a live secret was at hand")
	}
	rotated := slices.ContainsFunc(r.posts(), func(p emulator.Request) bool { return p.Processed })
	if after := r.after.current; r.ok && !rotated && !w.SkipValidation && after != nil && !w.alive(after.secret) && w.adoptable(after) {
		w.t.Fatalf("a live secret was at hand, but was not adopted")
	}
	gets := 3
	if r.planned == forgetThenCreate { // Create has no history to vouch for the configured secret
		gets++
	}
	if r.ok && skew < 240*time.Second && (len(r.posts()) > 1 || r.gets() > gets) && w.quiet(r) {
		w.t.Fatalf("%d POSTs and %d GETs", len(r.posts()), r.gets())
	}
}

// canSign reports whether a command has a secret at hand that the API lets sign: the
// configured one, that in state if its Create or Update is shown it, or one that the
// net gives.
func (w *world) canSign(r *ran) bool {
	secrets, given := []string{w.secret}, r.blindly
	if w.showsState(r) {
		secrets, given = append(secrets, r.before.current.secret), r.given
	}
	for _, e := range given {
		goes := r.before.holds(e.secret) || r.before.current != nil && slices.Contains(w.memory.older[r.before.current.secret], e.secret) // with the refresh
		if !goes && e.endpoint == w.server.URL() {
			secrets = append(secrets, e.secret)
		}
	}
	return slices.ContainsFunc(secrets, w.maySign)
}

// showsState reports whether the provider is shown the secret in state where it makes
// the next one. Of a forgotten object it is shown the raw state, which is for its net.
func (w *world) showsState(r *ran) bool {
	current := r.before.current
	switch {
	case current == nil, !w.readable(current):
		return false
	case r.planned == forgetThenCreate:
		return r.here.net != noNet
	}
	return !r.cbd || !current.tainted && !r.replace
}

// quiet reports whether nothing but the secret in state had to be asked about.
func (w *world) quiet(r *ran) bool {
	return r.before.current != nil && r.aliveBefore && w.maySign(r.before.current.secret) && len(r.before.deposed) == 0 && len(r.entries) == 0
}

func (w *world) maySign(secret string) bool {
	return w.origin(secret) == w.server && w.server.Accepts(secret) &&
		(!w.OldCannotRegenerate || secret == w.server.Secret())
}

// checkIdle demands that a plan right after a successful apply is empty, and
// that its refresh has changed nothing.
func (w *world) checkIdle(r *ran) {
	w.t.Helper()
	if !r.ok || r.killed || r.interrupted || r.faults.any() || !r.refresh || r.unknownSettings != nil {
		return
	}
	defer w.here.remember()() // or else this plan would tidy up before what comes next
	again := w.request()
	out := &output{log: r.log}
	idle, ok := w.terraform.plan(again, out)
	if !ok || out.failed() {
		w.t.Fatalf("the plan after a successful apply failed")
	}
	if !idle && !w.importedOlder(r) {
		w.t.Fatalf("the plan after a successful apply is not empty")
	}
}

// importedOlder reports whether an import took the configured secret although the net
// gives its successor, which is live. The plan after it adopts that one.
func (w *world) importedOlder(r *ran) bool {
	if r.before.current == nil || r.before.current.secret != "" {
		return false
	}
	order := func(secret string) int { return slices.Index(w.server.Secrets(), secret) }
	return slices.ContainsFunc(r.given, func(e entry) bool {
		return w.alive(e.secret) && order(e.secret) > order(r.after.current.secret)
	})
}

// resumable is the secret of a rotation that was killed in the step before this one,
// if this step wants the same rotation and can get that secret.
func (w *world) resumable(s apply) string {
	plain := apply{Replace: s.Replace, DeposedFirst: s.DeposedFirst}
	if w.rotated.step != w.at-1 || !reflect.DeepEqual(s, plain) || w.SkipValidation || w.memory.skew != 0 {
		return ""
	}
	return w.rotated.secret
}

// checkResumed demands that such a rotation is completed, not made again. Nothing is
// planned if it was a replacement by -replace and the state still has the old object.
func (w *world) checkResumed(r *ran, resumable string) {
	w.t.Helper()
	if r.planned == createThenDelete && w.has(orderedSecrets) {
		resumable = "" // Create is not shown whether the state is still as it was
	}
	if resumable != "" && r.planned != noOp && (len(r.posts()) > 0 || r.after.current == nil || r.after.current.secret != resumable) {
		w.t.Fatalf("an interrupted rotation was not completed")
	}
	stored := r.after.current != nil && r.after.current.secret == w.server.Secret()
	blind := r.planned == createThenDelete // its entry does not say what the state held
	if r.killed && !blind && w.delivered(r) && w.promised(r, w.server.Secret()) && !stored {
		w.rotated.step, w.rotated.secret = w.at, w.server.Secret()
	}
}
