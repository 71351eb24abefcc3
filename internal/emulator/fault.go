// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Fault is something that goes wrong with a request. Its parts combine: which
// requests it spoils, when it sets in, what they wait for and how their reply
// comes out. Functions such as [Problem] and [HTML] make the common ones, to be
// narrowed with [Fault.On] and put off with [Fault.After].
type Fault struct {
	// Method and Path (without a query) tell which requests are spoiled; "" is
	// any.
	Method string
	Path   string

	// Times is how many requests are spoiled: 0 is one, a negative number is
	// forever.
	Times int

	// AfterProcessing lets the request take effect first. Otherwise the fault
	// sets in before, and a request whose reply it drops or replaces takes no
	// effect at all.
	AfterProcessing bool

	// Reached is sent a value when the fault sets in. The request waits until
	// the value is taken or buffered.
	Reached chan<- struct{}

	// Hold makes the request wait until the channel is closed or yields a
	// value, and Delay makes it wait for so long. Either wait ends without a
	// reply when the client goes away or the server closes, and with that a
	// request that has taken no effect never will.
	Hold  <-chan struct{}
	Delay time.Duration

	// Drop closes the connection without a reply; Reset does so with a TCP
	// reset. Beware that Go's transport by itself repeats a GET that it sent
	// on a connection used before.
	Drop  bool
	Reset bool

	// Status and Body, if either is set, replace the reply. Status is then 200
	// by default, and ContentType application/json if there is a body.
	Status      int
	ContentType string
	Body        string

	// Header is set in the reply, real or not. A name without values removes
	// one that the server would send.
	Header http.Header

	// Rewrite changes the JSON object in the reply.
	Rewrite func(reply map[string]any)

	// Truncate announces the whole reply but closes the connection in the
	// middle of its body.
	Truncate bool
}

// Inject queues faults. A request is spoiled by the first of the queue that
// matches it.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range faults {
		fault.Times = cmp.Or(fault.Times, 1)
		s.faults = append(s.faults, fault)
	}
}

// Heal drops the faults that are still queued.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault uses up one time of the fault that a request meets. The server must
// be locked.
func (s *Server) takeFault(request Request) Fault {
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return request.matches(f.Method, f.Path) })
	if i < 0 {
		return Fault{}
	}
	fault := s.faults[i]
	switch {
	case fault.Times == 1:
		s.faults = slices.Delete(s.faults, i, i+1)
	case fault.Times > 1:
		s.faults[i].Times--
	}
	return fault
}

// On is the fault for requests with this method and path only.
func (f Fault) On(method, path string) Fault {
	f.Method, f.Path = method, path
	return f
}

// After is the fault with AfterProcessing set.
func (f Fault) After() Fault {
	f.AfterProcessing = true
	return f
}

func (f Fault) drops() bool { return f.Drop || f.Reset }

func (f Fault) replaces() bool { return f.Status != 0 || f.Body != "" }

// preempts reports whether the fault leaves no use for the real reply.
func (f Fault) preempts() bool { return f.drops() || f.replaces() }

// wait tells that the fault has set in and waits for whatever it waits for. It
// fails when ctx is done first.
func (f Fault) wait(ctx context.Context) error {
	if f.Reached != nil {
		select {
		case f.Reached <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// spoil changes a reply as the fault says.
func (f Fault) spoil(answer *reply) {
	if f.replaces() {
		answer.reset()
		answer.status = cmp.Or(f.Status, http.StatusOK)
		answer.body = []byte(f.Body)
		if f.Body != "" {
			answer.header.Set("Content-Type", cmp.Or(f.ContentType, "application/json"))
		}
	}
	if f.Rewrite != nil {
		answer.body = rewrite(answer.body, f.Rewrite)
	}
	for name, values := range f.Header {
		answer.header[http.CanonicalHeaderKey(name)] = values
	}
}

// rewrite changes a body that is a JSON object and returns any other as it is.
func rewrite(body []byte, change func(map[string]any)) []byte {
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return body
	}
	change(members)
	changed, err := json.Marshal(members)
	if err != nil {
		panic(fmt.Sprintf("emulator: a rewritten reply: %v", err))
	}
	return changed
}
