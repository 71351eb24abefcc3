// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"sync"
	"time"
)

// clock moves only when it is told to. It is not set to UTC, as the clock of
// whoever runs Terraform is not.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 8, 19, 20, 46, 7, 597e6, time.FixedZone("", 5*3600+1800))}
}

// The day on which a test begins, as the provider and as the API write it.
const (
	started       = "2026-08-19T15:16:07Z"
	startedInUnix = 1787152567
)

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const day = 24 * time.Hour
