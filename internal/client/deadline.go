// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"time"
)

const (
	// maxTimerDelay is how late a timer may expire in a process that runs.
	maxTimerDelay = 100 * time.Millisecond
	// afterStop is the time for an attempt whose deadline has passed while the
	// process was stopped, from when it goes on.
	afterStop = 5 * time.Second
)

// withDeadline returns a context that ends, with context.DeadlineExceeded as its
// cause, when an attempt that began at started has had its time.
//
// When a stopped process (SIGSTOP, Ctrl-Z) goes on, a timer that has expired comes
// before the answer that waits in the socket, and would cancel it unread. So a timer
// that is late does not end the attempt, but gives it afterStop more.
func withDeadline(ctx context.Context, clock func() time.Time, started time.Time, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			now := clock()
			if now.Sub(started) <= timeout+maxTimerDelay {
				cancel(context.DeadlineExceeded)
				return
			}
			started, timeout = now, afterStop
			timer.Reset(timeout)
		}
	}()
	return ctx, func() { cancel(nil) }
}
