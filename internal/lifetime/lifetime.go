// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package lifetime decides when the provider's process may end, and knows when
// nobody needs it any more.
//
// The reply to a rotation is the only copy of the new secret. If the process ends
// before the secret is saved, the secret is lost. So a [Guard] knows which
// rotations are in flight:
//
//   - Each rotation calls [Guard.Begin] before its request, and the function that
//     Begin returns when it is over. From the first one on, the signals that would
//     end the process are ignored. In a replacement that destroys first, deleting
//     the old object is a rotation in flight of its own: between that and the
//     creation of the new one, nothing is, but the signals stay ignored.
//   - The main function calls [Guard.Finish] before it returns, so that it waits
//     for the rotations in flight.
//   - As signals are ignored now, something else must end a provider whose
//     Terraform has died: [Guard.EndWithParent], in a goroutine of its own. Until
//     then, [Guard.Orphaned] tells a rotation to begin nothing new.
//   - [Guard.Interrupted] reports whether Ctrl-C has reached this process.
//
// What a rotation does is not known here.
package lifetime

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// Guard knows the rotations in flight, and the process that has started this one.
type Guard struct {
	rotations sync.RWMutex // each rotation in flight holds it for reading
	parent    *parent
	interrupt chan os.Signal
}

// New returns a Guard whose parent process is the one that there is now. So it is
// called first of all. From then on SIGINT is noted, and does not end the process.
func New() *Guard {
	g := &Guard{parent: findParent(), interrupt: make(chan os.Signal, 1)}
	signal.Notify(g.interrupt, os.Interrupt)
	return g
}

// Interrupted reports whether a SIGINT has arrived. Ctrl-C sends it to Terraform and to its
// providers. On a second one, Terraform may be gone before it has called StopProvider.
func (g *Guard) Interrupted() bool { return len(g.interrupt) > 0 }

// Begin marks a rotation as in flight until done is called. From the first
// rotation on, the process ignores SIGTERM, SIGHUP and SIGQUIT, which a CI runner, a
// closed terminal and Ctrl-\ send, and SIGPIPE, which comes when Terraform is dead
// and nobody reads the log; SIGINT ends it at no time. The signals stay ignored
// after done, because the answer still has to reach Terraform.
func (g *Guard) Begin() (done func()) {
	g.rotations.RLock()
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	return sync.OnceFunc(g.rotations.RUnlock)
}

// Finish returns when no rotation is in flight, and lets no other begin. On a
// second Ctrl-C, Terraform tells its providers to stop serving and kills them two
// seconds later. That is usually enough time to save a secret for recovery.
func (g *Guard) Finish() { g.rotations.Lock() }

// Orphaned reports whether the parent process is gone.
func (g *Guard) Orphaned() bool { return g.parent.gone() }

// EndWithParent calls exit as soon as the parent process is gone and no rotation
// is in flight. It looks every interval, until ctx ends. Without it, a provider
// whose Terraform has died would run for ever: nothing else tells it to end.
func (g *Guard) EndWithParent(ctx context.Context, interval time.Duration, exit func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if g.Orphaned() && g.rotations.TryLock() {
				exit()
				return
			}
		}
	}
}
