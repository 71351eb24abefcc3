// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// moment is what a provider is at when its Terraform is killed and it lives on.
type moment string

const (
	whileReplied moment = "the reply is on its way" // to a request that was carried out
	whileIdle    moment = "a wait between attempts"
)

// orphan is a provider process that outlives its Terraform, if it gets to that
// moment. It stops there until it is told to go on.
type orphan struct {
	At moment

	reached  chan struct{} // it is there, and Terraform is killed
	released chan struct{} // it may go on
	answered chan struct{} // its call is over
	applying bool
	stopped  atomic.Bool // it has been at the moment, and has no Terraform any more
	ran      *ran        // the command whose Terraform was killed
	made     string      // the secret in the reply that is on its way
}

func newOrphan(at moment) *orphan {
	if at == "" {
		return nil
	}
	return &orphan{At: at, reached: make(chan struct{}), released: make(chan struct{}), answered: make(chan struct{})}
}

// isOne reports whether Terraform has been killed.
func (o *orphan) isOne() bool {
	return o != nil && o.stopped.Load()
}

type applyCall func(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error)

// call makes a call of Terraform, which may not live to see its end. A nil orphan's
// does.
func (o *orphan) call(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest, apply applyCall) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if o == nil {
		return apply(ctx, req)
	}
	type answer struct {
		resp *tfprotov6.ApplyResourceChangeResponse
		err  error
	}
	ctx, disconnect := context.WithCancel(ctx)
	answers, answered := make(chan answer, 1), make(chan struct{})
	o.applying = true
	go func() {
		defer close(answered)
		resp, err := apply(ctx, req)
		answers <- answer{resp, err}
	}()
	select {
	case a := <-answers:
		<-answered
		o.applying = false
		disconnect()
		return a.resp, a.err
	case <-o.reached:
		o.answered = answered
		o.stopped.Store(true)
		disconnect() // as gRPC does when Terraform is gone
		panic(killed{})
	}
}

// reply is the fault that stops it when the API has carried out its request.
func (o *orphan) reply() emulator.Fault {
	return emulator.Fault{AfterProcessing: true, Reached: o.reached, Hold: o.released}.On(http.MethodPost, emulator.RegeneratePath)
}

// waits stops it in a wait, the first time.
func (o *orphan) waits() {
	if o == nil || o.At != whileIdle || !o.applying {
		return
	}
	select {
	case <-o.released: // it has been here
	case o.reached <- struct{}{}:
		<-o.released
	}
}

// end lets it go on to its end.
func (o *orphan) end() {
	close(o.released)
	<-o.answered
}

// adoptOrphan notes the provider that has outlived a command, if one has.
func (w *world) adoptOrphan(r *ran) {
	o := r.orphan
	if o == nil || !o.stopped.Load() {
		return
	}
	o.ran = r
	posts := r.posts()
	if o.At == whileReplied && posts[len(posts)-1].Processed {
		o.made = w.server.Secret()
	}
	w.orphans = append(w.orphans, o)
}

// buryOrphan has it killed as well, where it is.
func (w *world) buryOrphan(o *orphan) {
	w.memory.account(o.made)
	w.orphans = slices.DeleteFunc(w.orphans, func(other *orphan) bool { return other == o })
	w.buried = append(w.buried, o)
}

// endOrphan lets it go on, and checks what it does. No attempt is left for it to
// begin, and the secrets in the states are as live as before. If its secret is the
// newest one, the net holds it.
func (w *world) endOrphan(o *orphan) {
	w.t.Helper()
	server := o.ran.server
	requests := len(server.Requests())
	live := w.liveInStates()
	o.end()
	w.orphans = slices.DeleteFunc(w.orphans, func(other *orphan) bool { return other == o })
	o.ran.requests = server.Requests()[o.ran.offset:][:len(o.ran.requests)]
	w.checkSecrecy(o.ran)
	for _, secret := range live {
		if !w.alive(secret) {
			w.t.Fatalf("an orphan ended a stored secret")
		}
	}
	for _, request := range server.Requests()[requests:] {
		if request.Method == http.MethodPost {
			w.t.Fatalf("an orphan began another attempt")
		}
	}
	w.checkNewest(o.ran)
}

// liveInStates are the live secrets that the states hold.
func (w *world) liveInStates() (live []string) {
	for _, space := range w.workspaces {
		for _, h := range space.terraform.stored().all() {
			if w.alive(h.secret) {
				live = append(live, h.secret)
			}
		}
	}
	return live
}
