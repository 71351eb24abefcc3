// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// webhookList lets the calls of a client share the list of webhooks. Calls that
// ask at the same time wait for the same request, and later ones get the same
// answer, until something is written. An error goes to those who waited for it,
// and is not kept.
type webhookList struct {
	request func(context.Context) ([]Webhook, error)

	mu    sync.Mutex
	fresh *listing        // given to those who ask; nil if the next one has to request it
	known map[string]bool // ids of all webhooks that were seen; nil until there was a list
}

// listing is one request for the list, and its answer once done is closed.
type listing struct {
	done     chan struct{}
	webhooks []Webhook
	err      error

	waiting int // calls that wait for the answer; guarded by the mu of the list
	cancel  context.CancelFunc
}

// get returns a list that was requested after the last write had ended. The end of
// ctx ends the wait, and the request only if no other call waits for it.
func (l *webhookList) get(ctx context.Context) ([]Webhook, error) {
	if ctx.Err() != nil {
		return nil, asTransportError(ctx.Err())
	}
	joined := l.join(ctx)
	defer l.leave(joined)
	select {
	case <-joined.done:
		return slices.Clone(joined.webhooks), joined.err
	case <-ctx.Done():
		return nil, asTransportError(ctx.Err())
	}
}

func (l *webhookList) join(ctx context.Context) *listing {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fresh == nil {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		l.fresh = &listing{done: make(chan struct{}), cancel: cancel}
		go l.run(ctx, l.fresh)
	}
	l.fresh.waiting++
	return l.fresh
}

func (l *webhookList) leave(joined *listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	joined.waiting--
	select {
	case <-joined.done:
	default:
		if joined.waiting == 0 {
			joined.cancel()
			l.drop(joined)
		}
	}
}

func (l *webhookList) run(ctx context.Context, started *listing) {
	defer started.cancel()
	webhooks, err := l.request(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	started.webhooks, started.err = webhooks, err
	close(started.done)
	if err != nil {
		l.drop(started)
		return
	}
	if l.known == nil {
		l.known = map[string]bool{}
	}
	for _, webhook := range webhooks {
		l.known[webhook.ID] = true
	}
}

// drop stops giving a listing to those who ask. The list must be locked.
func (l *webhookList) drop(old *listing) {
	if l.fresh == old {
		l.fresh = nil
	}
}

// written says that a write has ended, whatever came of it.
func (l *webhookList) written() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh = nil
}

// ids returns the ids of the webhooks that are known. It asks for the list only if
// none are.
func (l *webhookList) ids(ctx context.Context) (map[string]bool, error) {
	for {
		l.mu.Lock()
		known := maps.Clone(l.known)
		l.mu.Unlock()
		if known != nil {
			return known, nil
		}
		if _, err := l.get(ctx); err != nil {
			return nil, err
		}
	}
}

// learn adds a webhook to those that are known.
func (l *webhookList) learn(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known != nil {
		l.known[id] = true
	}
}

// forget says that it is not known any more which webhooks there are.
func (l *webhookList) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh, l.known = nil, nil
}
