// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"syscall"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// crash is a way in which Terraform dies while a rotation is under way and its
// provider lives on.
type crash struct {
	name string
	kill func(w *workspace, run *run, call held)

	untraced    bool // is not tried with TRACE as well
	interrupted bool // Terraform knows that it is about to die
}

func crashes() []crash {
	return []crash{
		{name: "SIGKILL before the reply", kill: killBeforeReply},
		{name: "SIGKILL before the state is saved", untraced: true, kill: func(w *workspace, run *run, call held) {
			run.suspend()
			call.release()
			eventually(w.t, "the new secret in the recovery folder", func() bool { return w.recovered() == w.newest() })
			run.signal(syscall.SIGKILL, false)
			run.wait()
		}},
		{name: "SIGHUP to the group", kill: func(_ *workspace, run *run, call held) {
			run.signal(syscall.SIGHUP, true)
			run.wait()
			call.release()
		}},
		{name: "two SIGINTs", untraced: true, interrupted: true, kill: func(_ *workspace, run *run, call held) {
			run.signal(syscall.SIGINT, true)
			run.says("Interrupt received")
			run.signal(syscall.SIGINT, true)
			run.says("Two interrupts received")
			call.release()
			run.wait()
		}},
	}
}

func killBeforeReply(_ *workspace, run *run, call held) {
	run.signal(syscall.SIGKILL, false)
	run.wait()
	call.release()
}

// crash has Terraform die while it rotates the secret. The provider gets the
// reply in each case, does what it has to, and ends too.
func (r rotation) crash(w *workspace, crash crash) {
	w.t.Helper()
	call := w.holdReply()
	run := r.start(w)
	call.wait()
	crash.kill(w, run, call)
	run.gone()
}

// left checks which secret a crash has left in the state, where there was the
// old one, and returns its number.
func (r rotation) left(w *workspace, crash crash, old int) int {
	w.t.Helper()
	left := old
	if r.replace && !r.createFirst && (crash.interrupted || !w.openTofu()) {
		left = none // deleted; OpenTofu writes nothing until the end, or an interrupt
	}
	if number, _ := w.current(); crash.interrupted && number == w.newest() {
		left = number // the reply came before Terraform was gone
	}
	w.stores(left, false)
	return left
}

// again are the args that make the next apply the same rotation, tried again.
func (r rotation) again(left int) []string {
	if left == none {
		return nil // whatever was to be replaced
	}
	return r.args() // the rest is in the configuration
}

func TestTheNextApplyTakesWhatACrashLeft(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for _, crash := range crashes() {
			for _, trace := range []bool{false, true} {
				if trace && crash.untraced {
					continue
				}
				t.Run(rotation.name+"/"+crash.name+traced(trace), func(t *testing.T) {
					t.Parallel()
					w := newWorkspace(t).withTrace(trace).withRecovery()
					old := rotation.prepare(w)
					rotation.crash(w, crash)

					left := rotation.left(w, crash, old)
					w.recovers(w.newest())

					if left == w.newest() {
						w.apply().has(0, "0 added, 0 changed")
					} else {
						w.apply(rotation.again(left)...).has(0, "An interrupted rotation was completed", "the secret was not rotated again")
					}
					w.stores(w.newest(), false)
					w.plan().has(0, "No changes")
					w.sent(max(old, 0) + 1)
					w.recovers(none)
				})
			}
		}
	}
}

// A rotation for another cause is signed with what the crash left.
func TestAnotherRotationAfterACrash(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t).withRecovery()
			rotation.prepare(w)
			rotation.crash(w, crash{kill: killBeforeReply})
			left := w.newest()

			w.configure(resource{trigger: "another", createFirst: rotation.createFirst})
			w.apply().has(0)
			w.stores(left+1, false)
			if signer := w.signer(); signer != left {
				t.Errorf("secret %d signed, want %d", signer, left)
			}
			w.plan().has(0, "No changes")
			w.recovers(none)
		})
	}
}

// A replacement asked for by hand is the same rotation too, for its cause in
// the configuration is the same.
func TestReplacementAfterACrashTakesTheSecret(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).withRecovery()
	inPlace := rotation{}
	inPlace.prepare(w)
	inPlace.crash(w, crash{kill: killBeforeReply})

	w.apply("-replace="+address).has(0, "An interrupted rotation was completed")
	w.stores(2, false)
	w.sent(2)
	w.plan().has(0, "No changes")
	w.recovers(none)
}

// Without a rotation in the plan, the secret is adopted once the one in state
// is dead.
func TestAdoptionAfterACrash(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).withRecovery()
	byHand := rotation{replace: true, createFirst: true}
	byHand.prepare(w)
	byHand.crash(w, crash{kill: killBeforeReply})

	w.plan().has(2, "will be updated in-place")
	w.apply().has(0, "1 changed")
	w.stores(2, false)
	w.sent(2)
	w.plan().has(0, "No changes")
	w.recovers(none)
}

// Everything dies after Delete, before the new secret is made: Terraform's state
// is empty, and the configured secret long dead.
func TestTheOldSecretSurvivesACrashInAReplacement(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).withRecovery()
	destroyFirst := rotation{replace: true}
	old := destroyFirst.prepare(w)
	call := w.hold(emulator.Fault{}.On("POST", emulator.RegeneratePath))
	run := destroyFirst.start(w)
	call.wait()
	w.recovers(old)
	run.signal(syscall.SIGKILL, true)
	run.gone()
	left := destroyFirst.left(w, crash{}, old)

	w.apply(destroyFirst.again(left)...).has(0, "1 added")
	w.stores(old+1, false)
	if signer := w.signer(); signer != old {
		t.Errorf("secret %d signed, want %d", signer, old)
	}
	w.plan().has(0, "No changes")
	w.recovers(none)
}

// Nothing keeps an idle provider alive, such as one that refreshes.
func TestIdleOrphanEnds(t *testing.T) {
	t.Parallel()
	for _, trace := range []bool{false, true} {
		t.Run("refresh"+traced(trace), func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t).withTrace(trace)
			w.apply().has(0)
			probe := w.hold(emulator.Fault{}.On("GET", emulator.ProfilePath))
			run := w.start("plan", "-input=false")
			probe.wait()
			run.signal(syscall.SIGKILL, false)
			run.gone()
		})
	}
}
