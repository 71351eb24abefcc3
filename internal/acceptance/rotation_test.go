// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// rotation is a way in which an apply makes a new secret.
type rotation struct {
	name        string
	create      bool // there is nothing in state before
	replace     bool
	createFirst bool
}

func rotations() []rotation {
	return []rotation{
		{name: "create", create: true},
		{name: "in place"},
		{name: "destroy, then create", replace: true},
		{name: "create before destroy", replace: true, createFirst: true},
	}
}

// prepare brings the fixture to the point where start rotates the secret, and
// returns the number of the one in state.
func (r rotation) prepare(f *fixture) int {
	f.t.Helper()
	f.configure(resource{createFirst: r.createFirst})
	if r.create {
		return none
	}
	f.apply().has(0)
	switch {
	case r.createFirst: // Create is shown nothing of the state: only this can sign
		f.env["INTEGRATOR_SECRET"] = f.Secret()
	case !r.replace:
		f.configure(resource{trigger: "2"})
	}
	return f.newest()
}

// args are those that make an apply or a plan rotate the secret after prepare.
func (r rotation) args() []string {
	if r.replace {
		return []string{"-replace=" + address}
	}
	return nil
}

// start starts the apply that rotates the secret.
func (r rotation) start(f *fixture) *run {
	f.t.Helper()
	return f.start("apply", append(r.args(), "-input=false", "-auto-approve")...)
}

// held is a request that the emulator has got and keeps waiting.
type held struct {
	t       *testing.T
	reached chan struct{}
	hold    chan struct{}
}

// holdReply lets the next rotation take effect, but holds back its reply, the
// only copy of the new secret.
func (f *fixture) holdReply() held {
	return f.hold(emulator.Fault{}.On("POST", emulator.RegeneratePath).After())
}

func (f *fixture) hold(fault emulator.Fault) held {
	h := held{f.t, make(chan struct{}), make(chan struct{})}
	fault.Reached, fault.Hold = h.reached, h.hold
	f.Inject(fault)
	return h
}

// wait waits until the request has arrived.
func (h held) wait() {
	h.t.Helper()
	select {
	case <-h.reached:
	case <-time.After(patience):
		h.t.Fatal("no request arrives")
	}
}

// release lets the request have its reply.
func (h held) release() { close(h.hold) }
