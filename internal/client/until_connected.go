// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"sync"
)

// untilConnected returns a context that ends with ctx only until connected is
// called. connected reports whether the request may go out; exactly one of the
// two, the end of ctx and connected, wins.
func untilConnected(ctx context.Context) (detached context.Context, connected func() bool, done func()) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var mu sync.Mutex
	var handedOver bool
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !handedOver {
			cancel()
		}
	})
	connected = func() bool {
		mu.Lock()
		defer mu.Unlock()
		handedOver = detached.Err() == nil && ctx.Err() == nil // whose AfterFunc may not have run yet
		return handedOver
	}
	return detached, connected, func() { stop(); cancel() }
}
