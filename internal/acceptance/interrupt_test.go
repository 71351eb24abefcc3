// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// interrupt is a signal that asks Terraform to stop.
type interrupt struct {
	name   string
	signal syscall.Signal
	group  bool // the provider gets it too, as from a terminal or a CI runner
}

func interrupts() []interrupt {
	return []interrupt{
		{"SIGINT to Terraform", syscall.SIGINT, false},
		{"SIGINT to the group", syscall.SIGINT, true},
		{"SIGTERM to Terraform", syscall.SIGTERM, false},
		{"SIGTERM to the group", syscall.SIGTERM, true},
	}
}

func TestInterruptDuringTheCallKeepsTheSecret(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for _, interrupt := range interrupts() {
			for _, trace := range []bool{false, true} {
				if !trace && !interrupt.group {
					continue // the provider sees less of it than with TRACE
				}
				t.Run(rotation.name+"/"+interrupt.name+traced(trace), func(t *testing.T) {
					t.Parallel()
					w := newWorkspace(t).withTrace(trace)
					old := rotation.prepare(w)
					call := w.holdReply()
					run := rotation.start(w)
					call.wait()
					run.signal(interrupt.signal, interrupt.group)
					run.says("Interrupt received")
					if trace {
						w.traces("tf_rpc=StopProvider") // its context has ended then, or is about to
					}
					call.release()

					run.wait().has(1, "execution halted")
					w.stores(w.newest(), false)
					if rotation.createFirst { // nothing is left to do but to forget the old object
						w.apply().has(0, "0 added, 0 changed, 1 destroyed")
					} else {
						w.plan().has(0, "No changes")
					}
					w.stores(w.newest(), false)
					w.sent(max(old, 0) + 1)
				})
			}
		}
	}
}

func traced(trace bool) string {
	if trace {
		return "/TRACE"
	}
	return ""
}

// An interrupt before anything can have taken effect stops the waiting for the
// next attempt, which would last minutes here.
func TestInterruptDuringABackoff(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for _, interrupt := range interrupts() {
			if !interrupt.group {
				continue // Terraform alone has told the provider to stop in these too
			}
			t.Run(rotation.name+"/"+interrupt.name, func(t *testing.T) {
				t.Parallel()
				w := newWorkspace(t)
				old := rotation.prepare(w)
				throttled := emulator.TooManyRequests("55").On("POST", emulator.RegeneratePath)
				throttled.Times = -1
				w.Inject(throttled)
				run := rotation.start(w)
				eventually(t, "the first attempt", func() bool { return w.posts() > max(old, 0) })
				w.traces("status=429")
				run.signal(interrupt.signal, interrupt.group)

				run.wait().has(1, "The API secret was not rotated", "Nothing was changed")
				w.sent(max(old, 0) + 1)
				w.stores(old, rotation.replace && !rotation.createFirst)
			})
		}
	}
}

// The same where no connection can be made. The secret in state is an adopted
// one, since that takes no connection either.
func TestInterruptWhileTheAPICannotBeReached(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.env["INTEGRATOR_ENDPOINT"] = "http://127.0.0.1:1" // nothing listens there
			offline := resource{createFirst: rotation.createFirst, more: `
provider "integrator" {
  skip_credentials_validation = true
  max_retries                 = 10
}`}
			w.configure(offline)
			old := none
			if !rotation.create {
				w.terraform("import", "-input=false", address, w.Key()).has(0)
				w.apply().has(0, "1 changed")
				old = 0
			}
			w.stores(old, false)
			if !rotation.create && !rotation.replace {
				offline.trigger = "2"
				w.configure(offline)
			}
			run := rotation.start(w)
			w.traces("not sent")
			run.signal(syscall.SIGINT, false)

			run.wait().has(1, "The API secret was not rotated", "Nothing was changed")
			w.stores(old, rotation.replace && !rotation.createFirst)
		})
	}
}

// A request whose reply was lost is sent again, once that has begun, whatever
// Terraform wants: the secret that it made is gone otherwise.
func TestInterruptBeforeTheResend(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[1:] {
		for _, grace := range []int{0, 300} {
			t.Run(fmt.Sprintf("%s/grace %d", rotation.name, grace), func(t *testing.T) {
				t.Parallel()
				w := newWorkspace(t)
				old := rotation.prepare(w)
				w.configure(resource{trigger: "2", createFirst: rotation.createFirst, grace: grace})
				w.Inject(emulator.Fault{Drop: true}.On("POST", emulator.RegeneratePath).After())
				run := rotation.start(w)
				w.traces("sent, but no complete answer came")
				run.signal(syscall.SIGTERM, true)

				ended := run.wait()
				w.sent(old + 2)
				if grace > 0 {
					ended.has(1, "execution halted", "The secret may have been rotated twice")
					w.stores(old+2, false)
					return
				}
				ended.has(1, "The API secret was probably rotated, and its only copy is lost", "Get a live secret from the platform")
				w.stores(old, rotation.replace && !rotation.createFirst)
			})
		}
	}
}

// The same for an orphan.
func TestCrashBeforeTheResend(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).withRecovery()
	w.apply().has(0)
	w.configure(resource{trigger: "2", grace: 300})
	w.Inject(emulator.Fault{Drop: true}.On("POST", emulator.RegeneratePath).After())
	run := rotation{}.start(w)
	w.traces("sent, but no complete answer came")
	run.signal(syscall.SIGKILL, false)
	run.gone()
	w.sent(3)
	w.recovers(3)

	w.apply().has(0, "An interrupted rotation was completed")
	w.stores(3, false)
	w.sent(3)
}
