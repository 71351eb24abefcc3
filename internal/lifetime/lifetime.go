// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package lifetime decides when the provider's process may end.
//
// The reply to a rotation is the only copy of the new secret. If the process ends
// before the secret is saved, the secret is lost. So a [Guard] knows which
// rotations are in flight:
//
//   - Each rotation calls [Guard.Begin] before its request, and the function that
//     Begin returns when it is over. From the first one on, the signals that would
//     end the process are ignored.
//   - The main function calls [Guard.Finish] before it returns, so that it waits
//     for the rotations in flight.
//   - As signals are ignored now, something else must end a provider whose
//     Terraform has died: [Guard.EndWithParent], in a goroutine of its own.
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

// Guard knows the rotations in flight. The zero value is ready for use.
type Guard struct {
	rotations sync.RWMutex // each rotation in flight holds it for reading
}

// Begin marks a rotation as in flight until done is called. From the first
// rotation on, the process ignores SIGTERM and SIGHUP, which a CI runner or a
// closed terminal sends, and SIGPIPE, which comes when Terraform is dead and
// nobody reads the log; go-plugin ignores SIGINT. The signals stay ignored after
// done, because the answer still has to reach Terraform.
func (g *Guard) Begin() (done func()) {
	g.rotations.RLock()
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	return sync.OnceFunc(g.rotations.RUnlock)
}

// Finish returns when no rotation is in flight, and lets no other begin. On a
// second Ctrl-C, Terraform tells its providers to stop serving and kills them two
// seconds later. That is usually enough time to save a secret for recovery.
func (g *Guard) Finish() { g.rotations.Lock() }

// EndWithParent calls exit as soon as the parent process is gone and no rotation
// is in flight. It looks every interval, until ctx ends. Without it, a provider
// whose Terraform has died would run for ever: nothing else tells it to end.
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
