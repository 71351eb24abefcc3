// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
)

// lists plays the API: the answer to a request has its number as the only id. Each
// request waits until the test lets it go on, or its context ends.
type lists struct {
	webhookList
	requests int // guarded by mu
	proceed  chan error
}

func newLists() *lists {
	l := &lists{proceed: make(chan error)}
	l.request = func(ctx context.Context) ([]Webhook, error) {
		l.mu.Lock()
		l.requests++
		id := strconv.Itoa(l.requests)
		l.mu.Unlock()
		select {
		case err := <-l.proceed:
			return []Webhook{{ID: id}}, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return l
}

// read is a call of get in a goroutine of its own. It returns once the call waits.
type read struct {
	done     chan struct{}
	webhooks []Webhook
	err      error
}

func (l *lists) read(ctx context.Context) *read {
	r := &read{done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.webhooks, r.err = l.get(ctx)
	}()
	synctest.Wait()
	return r
}

// wants checks which request a call got the answer of.
func (r *read) wants(t *testing.T, number string) {
	t.Helper()
	<-r.done
	if r.err != nil || len(r.webhooks) != 1 || r.webhooks[0].ID != number {
		t.Errorf("got %v and %v, not the answer to request %s", r.webhooks, r.err, number)
	}
}

func (l *lists) wantRequests(t *testing.T, want int) {
	t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.requests != want {
		t.Errorf("%d requests, not %d", l.requests, want)
	}
}

func TestWebhookListIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLists()
		reads := []*read{l.read(t.Context()), l.read(t.Context()), l.read(t.Context())}
		l.proceed <- nil
		for _, r := range append(reads, l.read(t.Context())) {
			r.wants(t, "1")
			r.webhooks[0].ID = "changed by its reader"
		}
		l.read(t.Context()).wants(t, "1")
		l.wantRequests(t, 1)
	})
}

// A list that was requested before a write ended is not given to those who ask
// after it, neither while it is on its way nor later.
func TestWebhookListAfterWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLists()
		before := l.read(t.Context())
		l.written()
		after := l.read(t.Context())
		l.wantRequests(t, 2)
		l.proceed <- nil
		l.proceed <- nil
		before.wants(t, "1")
		after.wants(t, "2")
		l.read(t.Context()).wants(t, "2")
		l.written()
		last := l.read(t.Context())
		l.proceed <- nil
		last.wants(t, "3")
	})
}

func TestWebhookListErrorIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLists()
		failed := errors.New("failed")
		reads := []*read{l.read(t.Context()), l.read(t.Context())}
		l.proceed <- failed
		for _, r := range reads {
			if <-r.done; !errors.Is(r.err, failed) {
				t.Errorf("got %v and %v", r.webhooks, r.err)
			}
		}
		next := l.read(t.Context())
		l.proceed <- nil
		next.wants(t, "2")
		l.wantRequests(t, 2)
	})
}

// The request goes on as long as a call waits for it, also if it is not the one
// that began it.
func TestWebhookListOutlivesItsCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLists()
		first, end := context.WithCancel(t.Context())
		second, endSecond := context.WithCancel(t.Context())
		gone, stays := l.read(first), l.read(second)
		end()
		if <-gone.done; !errors.Is(gone.err, context.Canceled) {
			t.Errorf("got %v", gone.err)
		}
		l.proceed <- nil
		stays.wants(t, "1")

		l.written()
		last := l.read(second)
		endSecond()
		if <-last.done; !errors.Is(last.err, context.Canceled) {
			t.Errorf("got %v", last.err)
		}
		synctest.Wait() // the request has ended, or the test would not

		next := l.read(t.Context())
		l.proceed <- nil
		next.wants(t, "3")
		if _, err := l.get(second); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		l.wantRequests(t, 3)
	})
}

// What is known grows with each list and each reply, and outlives a write.
func TestKnownWebhooks(t *testing.T) {
	t.Parallel()
	l := &webhookList{}
	requests, listed := 0, []Webhook{{ID: "a"}, {ID: "b"}}
	var failed error
	l.request = func(context.Context) ([]Webhook, error) {
		requests++
		return listed, failed
	}
	want := func(wantRequests int, ids ...string) map[string]bool {
		t.Helper()
		known, err := l.ids(t.Context())
		if err != nil || requests != wantRequests || len(known) != len(ids) || slices.ContainsFunc(ids, func(id string) bool { return !known[id] }) {
			t.Errorf("%v %v after %d requests, not %v after %d", known, err, requests, ids, wantRequests)
		}
		return known
	}
	copied := want(1, "a", "b")
	l.written()
	l.learn("c")
	want(1, "a", "b", "c")
	if len(copied) != 2 {
		t.Errorf("%v has changed", copied)
	}

	listed = []Webhook{{ID: "d"}}
	if _, err := l.get(t.Context()); err != nil {
		t.Error(err)
	}
	want(2, "a", "b", "c", "d")

	l.forget()
	failed = errors.New("failed")
	if known, err := l.ids(t.Context()); known != nil || !errors.Is(err, failed) {
		t.Errorf("%v %v", known, err)
	}
	l.learn("e") // without a list, one webhook says nothing of the others
	failed = nil
	want(4, "d")
}

func TestWebhookListUnderLoad(t *testing.T) {
	t.Parallel()
	l := &webhookList{request: func(context.Context) ([]Webhook, error) { return []Webhook{{ID: "a"}}, nil }}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if webhooks, err := l.get(t.Context()); err != nil || len(webhooks) != 1 {
				t.Errorf("%v %v", webhooks, err)
			}
			if known, err := l.ids(t.Context()); err != nil || !known["a"] {
				t.Errorf("%v %v", known, err)
			}
			l.written()
			l.learn("b")
			l.forget()
		})
	}
	all.Wait()
}
