// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"time"
)

const (
	// lastMoment of the time for an attempt is measured by a timer of its own.
	lastMoment = 100 * time.Millisecond
	// maxTimerDelay is how late a timer may expire in a process that runs.
	maxTimerDelay = 100 * time.Millisecond
	// afterStop is what is left to an attempt whose time has passed while the process
	// was stopped, from when it goes on.
	afterStop = 5 * time.Second
)

// withDeadline returns a context that ends, with context.DeadlineExceeded as its
// cause, when an attempt that began at started has had its time.
//
// When a stopped process (SIGSTOP, Ctrl-Z) goes on, a timer that has expired comes
// before the answer that waits in the socket, and would cancel it unread. So only a
// timer that was set in the last moment, and is not late, ends the attempt: there was
// time to read then.
func withDeadline(ctx context.Context, clock func() time.Time, started time.Time, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		set, wait, last := started, timeout-lastMoment, false
		timer := time.NewTimer(wait)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			now := clock()
			late := now.Sub(set) > wait+maxTimerDelay
			if last && !late {
				cancel(context.DeadlineExceeded)
				return
			}
			set, wait, last = now, lastMoment, true
			if late {
				wait = afterStop
			}
			timer.Reset(wait)
		}
	}()
	return ctx, func() { cancel(nil) }
}
