// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package lifetime keeps the provider process alive while a rotation is in
// flight, and ends it when Terraform is gone.
package lifetime

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// Guard counts the rotations in flight. The zero value is ready.
type Guard struct {
	mu       sync.Mutex
	inFlight int
}

// Begin marks a rotation as in flight until done is called. From the first one
// on, the process ignores the signals that a closed terminal, a CI runner or a
// dead parent's log pipe would end it by; go-plugin does so for SIGINT. They
// stay ignored, since the answer still has to reach Terraform after done.
func (g *Guard) Begin() (done func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight++
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inFlight--
	})
}

func (g *Guard) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inFlight == 0
}

// EndWithParent calls exit when the process that started this one is gone and
// no rotation is in flight, looking every interval until ctx ends. An orphan
// would otherwise stay for ever: nothing else tells it to go.
func (g *Guard) EndWithParent(ctx context.Context, interval time.Duration, exit func()) {
	parent := os.Getppid()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if os.Getppid() != parent && g.idle() {
				exit()
				return
			}
		}
	}
}
