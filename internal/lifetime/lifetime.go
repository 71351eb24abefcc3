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

// Guard knows the rotations in flight. The zero value is ready.
type Guard struct {
	rotations sync.RWMutex // held for reading by each of them
}

// Begin marks a rotation as in flight until done is called. From the first one
// on, the process ignores the signals that a closed terminal, a CI runner or a
// dead parent's log pipe would end it by; go-plugin does so for SIGINT. They
// stay ignored, since the answer still has to reach Terraform after done.
func (g *Guard) Begin() (done func()) {
	g.rotations.RLock()
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	return sync.OnceFunc(g.rotations.RUnlock)
}

// Finish returns when no rotation is in flight, and lets none begin any more. A
// second Ctrl-C has Terraform tell its providers to stop serving, and kill them
// two seconds later: time enough, as a rule, to save a secret for recovery.
func (g *Guard) Finish() { g.rotations.Lock() }

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
			if os.Getppid() != parent && g.rotations.TryLock() {
				exit()
				return
			}
		}
	}
}
