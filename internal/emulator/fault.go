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

// Fault is something that goes wrong with a request. Its fields say which requests
// it affects, when it happens, how long they wait and what is wrong with the reply.
// Functions such as [Problem] and [HTML] make common faults. [Fault.On] limits a
// fault to some requests, and [Fault.After] lets it happen later.
type Fault struct {
	// Method and Path (without a query) say which requests are affected. "" means
	// any.
	Method string
	Path   string

	// Times is how many requests are affected. 0 means one, and a negative number
	// means all.
	Times int

	// AfterProcessing lets the request take effect before the fault happens.
	// Without it, the fault happens first, and a request whose reply it drops or
	// replaces has no effect at all.
	AfterProcessing bool

	// Reached gets a value when the fault happens. The request waits until the
	// channel takes the value.
	Reached chan<- struct{}

	// Hold makes the request wait until the channel is closed or has a value.
	// Delay makes it wait for some time. If the client disconnects or the server
	// closes before that, the request gets no reply, and has no effect if it did
	// not have it before.
	Hold  <-chan struct{}
	Delay time.Duration

	// Drop closes the connection without a reply, and Reset does so with a TCP
	// reset. If the connection was used before, the transport of Go then repeats
	// a GET by itself.
	Drop  bool
	Reset bool

	// Status and Body replace the reply if one of them is set. Then the default of
	// Status is 200, and the default of ContentType is application/json if there
	// is a body.
	Status      int
	ContentType string
	Body        string

	// Header is set in the reply, replaced or not. A name without values removes
	// a header that the server would send.
	Header http.Header

	// Rewrite changes the JSON object in the reply.
	Rewrite func(reply map[string]any)

	// Encode changes the bytes of the body, such as to compress it.
	Encode func(body []byte) []byte

	// Raw is what is sent instead of the whole reply, given its body. Then the
	// connection is closed. It can be something other than HTTP.
	Raw func(body []byte) []byte

	// Truncate announces the whole reply but closes the connection in the
	// middle of its body.
	Truncate bool
}

// Inject adds faults to a queue. A request meets the first one that matches it.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range faults {
		fault.Times = cmp.Or(fault.Times, 1)
		s.faults = append(s.faults, fault)
	}
}

// Heal removes all faults from the queue.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault that a request meets, and counts it. The server must
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

// On returns the fault, limited to requests with this method and path.
func (f Fault) On(method, path string) Fault {
	f.Method, f.Path = method, path
	return f
}

// After returns the fault with AfterProcessing set.
func (f Fault) After() Fault {
	f.AfterProcessing = true
	return f
}

func (f Fault) drops() bool { return f.Drop || f.Reset }

func (f Fault) replaces() bool { return f.Status != 0 || f.Body != "" }

// preempts reports whether the client never gets the real reply.
func (f Fault) preempts() bool { return f.drops() || f.replaces() }

// wait tells the test that the fault happens, and waits as the fault says. It fails
// if ctx ends first.
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

// spoil applies the fault to a reply.
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
	if f.Encode != nil {
		answer.body = f.Encode(answer.body)
	}
	for name, values := range f.Header {
		answer.header[http.CanonicalHeaderKey(name)] = values
	}
}

// rewrite changes a body that is a JSON object. It returns any other body unchanged.
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
