// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestUntilConnected lets the end of a context and a connection race: the
// request goes out, or its context ends, and never both or neither.
func TestUntilConnected(t *testing.T) {
	t.Parallel()
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			detached, connected, done := untilConnected(ctx)
			defer done()
			start := make(chan struct{})
			var goesOut bool
			go func() { <-start; cancel() }()
			go func() { <-start; goesOut = connected() }()
			close(start)
			synctest.Wait()
			if ended := detached.Err() != nil; goesOut == ended {
				t.Fatalf("goes out: %t; ended: %t", goesOut, ended)
			}
		})
	}
}

func TestUntilConnectedInTurn(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"connection", "end"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			detached, connected, done := untilConnected(ctx)
			defer done()
			if first == "end" {
				cancel()
				synctest.Wait()
			}
			goesOut := connected()
			cancel()
			synctest.Wait()
			if want := first == "connection"; goesOut != want || (detached.Err() == nil) != want {
				t.Errorf("%s first: goes out: %t; %v", first, goesOut, detached.Err())
			}
		})
	}
}

// A context that has ended before is not overtaken.
func TestEndedBeforeConnected(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 1000 {
		_, connected, done := untilConnected(ctx)
		if connected() {
			t.Fatal("the request may go out")
		}
		done()
	}
}
