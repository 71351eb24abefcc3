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
					keepsTheSecret(t, rotation, interrupt, trace)
				})
			}
		}
	}
}

// keepsTheSecret interrupts a run whose request is in flight.
func keepsTheSecret(t *testing.T, rotation rotation, interrupt interrupt, trace bool) {
	t.Helper()
	f := newFixture(t).withTrace(trace)
	old := rotation.prepare(f)
	call := f.holdReply()
	run := rotation.start(f)
	call.wait()
	run.signal(interrupt.signal, interrupt.group)
	run.says("Interrupt received")
	if trace {
		f.traces("tf_rpc=StopProvider") // its context has ended then, or is about to
	}
	call.release()

	run.wait().completedOrHalted()
	f.stores(f.newest(), false)
	if rotation.createFirst { // nothing can be left to do but to forget the old object
		f.apply().has(0, "0 added, 0 changed")
	}
	f.plan().has(0, "No changes")
	f.stores(f.newest(), false)
	f.sent(max(old, 0) + 1)
}

func traced(trace bool) string {
	if trace {
		return "/TRACE"
	}
	return ""
}

// As long as no request can have taken effect, an interrupt ends the wait before
// the next attempt. Here that wait would last minutes.
func TestInterruptDuringABackoff(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for _, interrupt := range interrupts() {
			if !interrupt.group {
				continue // Terraform alone has told the provider to stop in these too
			}
			t.Run(rotation.name+"/"+interrupt.name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				old := rotation.prepare(f)
				throttled := emulator.TooManyRequests("55").On("POST", emulator.RegeneratePath)
				throttled.Times = -1
				f.Inject(throttled)
				run := rotation.start(f)
				eventually(t, "the first attempt", func() bool { return f.posts() > max(old, 0) })
				f.traces("status=429")
				run.signal(interrupt.signal, interrupt.group)

				run.wait().has(1, "The API secret was not rotated", "Nothing was changed")
				f.sent(max(old, 0) + 1)
				f.stores(old, rotation.replace && !rotation.createFirst)
			})
		}
	}
}

// The same if no connection can be made. The secret in state is an adopted one,
// because an adoption needs no connection either.
func TestInterruptWhileTheAPICannotBeReached(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.env["INTEGRATOR_ENDPOINT"] = "http://127.0.0.1:1" // nothing listens there
			offline := resource{createFirst: rotation.createFirst, more: `
provider "integrator" {
  skip_credentials_validation = true
  max_retries                 = 10
}`}
			f.configure(offline)
			old := none
			if !rotation.create {
				f.terraform("import", "-input=false", address, f.Key()).has(0)
				f.apply().has(0, "1 changed")
				old = 0
			}
			f.stores(old, false)
			if !rotation.create && !rotation.replace {
				offline.trigger = "2"
				f.configure(offline)
			}
			run := rotation.start(f)
			f.traces("not sent")
			run.signal(syscall.SIGINT, false)

			run.wait().has(1, "The API secret was not rotated", "Nothing was changed")
			f.stores(old, rotation.replace && !rotation.createFirst)
		})
	}
}

// If the reply to a request is lost, the provider sends the request again even
// after an interrupt. Otherwise nobody would have the secret that it made.
func TestInterruptBeforeTheResend(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations()[1:] {
		for _, grace := range []int{0, 300} {
			t.Run(fmt.Sprintf("%s/grace %d", rotation.name, grace), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				old := rotation.prepare(f)
				f.configure(resource{trigger: "2", createFirst: rotation.createFirst, grace: grace})
				f.Inject(emulator.Fault{Drop: true}.On("POST", emulator.RegeneratePath).After())
				run := rotation.start(f)
				f.traces("sent, but no complete answer came")
				run.signal(syscall.SIGTERM, true)

				ended := run.wait()
				f.sent(old + 2)
				if grace > 0 {
					ended.completedOrHalted("The secret may have been rotated twice")
					f.stores(old+2, false)
					return
				}
				ended.has(1, "The API secret was probably rotated, and its only copy is lost", "Get a live secret from the platform")
				f.stores(old, rotation.replace && !rotation.createFirst)
			})
		}
	}
}
