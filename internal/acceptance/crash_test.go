// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// crash is a way in which Terraform dies while a rotation is under way and its
// provider lives on.
type crash struct {
	name string
	kill func(f *fixture, run *run, call held)

	untraced    bool // is not tried with TRACE as well
	interrupted bool // Terraform knows that it is about to die
}

func crashes() []crash {
	return []crash{
		{name: "SIGKILL before the reply", kill: killBeforeReply},
		{name: "SIGKILL before the state is saved", untraced: true, kill: func(f *fixture, run *run, call held) {
			run.suspend()
			call.release()
			eventually(f.t, "the new secret in the recovery folder", func() bool { return f.recovered() == f.newest() })
			run.signal(syscall.SIGKILL, false)
			run.wait()
		}},
		{name: "SIGHUP to the group", kill: func(_ *fixture, run *run, call held) {
			run.signal(syscall.SIGHUP, true)
			run.wait()
			call.release()
		}},
		{name: "SIGQUIT to the group", untraced: true, kill: func(_ *fixture, run *run, call held) {
			run.signal(syscall.SIGQUIT, true)
			run.wait()
			call.release()
		}},
		{name: "two SIGINTs", untraced: true, interrupted: true, kill: func(_ *fixture, run *run, call held) {
			run.signal(syscall.SIGINT, true)
			run.says("Interrupt received")
			run.signal(syscall.SIGINT, true)
			run.says("Two interrupts received")
			call.release()
			run.wait()
		}},
	}
}

func killBeforeReply(_ *fixture, run *run, call held) {
	run.signal(syscall.SIGKILL, false)
	run.wait()
	call.release()
}

// crash has Terraform die while it rotates the secret. The provider gets the
// reply in each case, does what it has to, and ends too.
func (r rotation) crash(f *fixture, crash crash) {
	f.t.Helper()
	call := f.holdReply()
	run := r.start(f)
	call.wait()
	crash.kill(f, run, call)
	run.gone()
}

// left checks which secret is in the state after a crash, and returns its number.
// The state held the old one before.
func (r rotation) left(f *fixture, crash crash, old int) int {
	f.t.Helper()
	left := old
	if r.replace && !r.createFirst && (crash.interrupted || !f.openTofu()) {
		left = none // deleted; OpenTofu writes nothing until the end, or an interrupt
	}
	if number, _ := f.current(); crash.interrupted && (number == f.newest() || number == none) {
		// The reply came before Terraform was gone: it may have written it, or only
		// have emptied its file for that.
		left = number
	}
	f.stores(left, false)
	return left
}

// unproven reports whether nothing tells any more that the next apply tries the
// same rotation again: the state is empty, and an update made the secret.
func (r rotation) unproven(left int) bool { return left == none && !r.create && !r.replace }

// again are the args with which the next apply tries the same rotation again.
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
					f := newFixture(t).withTrace(trace)
					old := rotation.prepare(f)
					rotation.crash(f, crash)

					left := rotation.left(f, crash, old)
					f.recovers(f.newest())

					sent := max(old, 0) + 1
					switch {
					case left == f.newest():
						f.apply().has(0, "0 added, 0 changed")
					case rotation.unproven(left):
						f.apply().has(0, "1 added")
						f.signedBy(sent)
						sent++
					default:
						f.apply(rotation.again(left)...).has(0, "An interrupted rotation was completed", "the secret was not rotated again")
					}
					f.stores(f.newest(), false)
					f.plan().has(0, "No changes")
					f.sent(sent)
					f.recovers(none)
				})
			}
		}
	}
}

// Terraform empties its state file before it writes it, and may be gone in between.
// The secret that it was about to write is then only in the recovery folder.
func TestTheNextApplyAfterTheStateWasEmptied(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rotation.prepare(f)
			rotation.crash(f, crash{kill: killBeforeReply})
			left := f.newest()
			if err := os.WriteFile(f.path("terraform.tfstate"), nil, 0o600); err != nil {
				t.Fatal(err)
			}

			if rotation.unproven(none) {
				f.apply().has(0, "1 added")
				f.signedBy(left)
				f.stores(left+1, false)
			} else {
				f.apply().has(0, "1 added", "An interrupted rotation was completed")
				f.stores(left, false)
			}
			f.plan().has(0, "No changes")
			f.recovers(none)
		})
	}
}

// A rotation for another cause is signed with what the crash left.
func TestAnotherRotationAfterACrash(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rotation.prepare(f)
			rotation.crash(f, crash{kill: killBeforeReply})
			left := f.newest()

			f.configure(resource{trigger: "another", createFirst: rotation.createFirst})
			f.apply().has(0)
			f.stores(left+1, false)
			f.signedBy(left)
			f.plan().has(0, "No changes")
			f.recovers(none)
		})
	}
}

// A replacement by -replace counts as the same rotation, because the trigger in
// the configuration is the same.
func TestReplacementAfterACrashTakesTheSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withRecovery()
	inPlace := rotation{}
	inPlace.prepare(f)
	inPlace.crash(f, crash{kill: killBeforeReply})

	f.apply("-replace="+address).has(0, "An interrupted rotation was completed")
	f.stores(2, false)
	f.sent(2)
	f.plan().has(0, "No changes")
	f.recovers(none)
}

// If the plan has no rotation, the provider adopts the secret that the crash left,
// once the API refuses the one in state.
func TestAdoptionAfterACrash(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withRecovery()
	byHand := rotation{replace: true, createFirst: true}
	byHand.prepare(f)
	byHand.crash(f, crash{kill: killBeforeReply})

	f.plan().has(2, "will be updated in-place")
	f.apply().has(0, "1 changed")
	f.stores(2, false)
	f.sent(2)
	f.plan().has(0, "No changes")
	f.recovers(none)
}

// Terraform and the provider die after Delete and before the API makes the new
// secret: the state is empty, and the API refuses the configured secret.
func TestTheOldSecretSurvivesACrashInAReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withRecovery()
	destroyFirst := rotation{replace: true}
	old := destroyFirst.prepare(f)
	call := f.hold(emulator.Fault{}.On("POST", emulator.RegeneratePath))
	run := destroyFirst.start(f)
	call.wait()
	f.recovers(old)
	run.signal(syscall.SIGKILL, true)
	run.gone()
	left := destroyFirst.left(f, crash{}, old)

	f.apply(destroyFirst.again(left)...).has(0, "1 added")
	f.stores(old+1, false)
	f.signedBy(old)
	f.plan().has(0, "No changes")
	f.recovers(none)
}
