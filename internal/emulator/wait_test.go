// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestFaultDelays(t *testing.T) {
	t.Parallel()
	_, a, err := spoiled(t, Fault{Delay: time.Nanosecond}, true)
	if err != nil || a.status != 200 {
		t.Errorf("%+v %v", a, err)
	}
}

func TestClientLeavesWaitingFault(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]Fault{
		"hold":  {Hold: make(chan struct{})},
		"delay": {Delay: time.Hour},
	} {
		for _, after := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := start(t, Options{})
				secret := c.Secret()
				reached := make(chan struct{})
				fault := fault
				fault.Reached, fault.AfterProcessing = reached, after
				c.Inject(fault)

				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					<-reached
					cancel()
				}()
				_, err := c.try(c.request(secret, "POST", RegeneratePath, `{}`).WithContext(ctx))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				if regenerated := c.Secret() != secret; regenerated != after {
					t.Errorf("regenerated: %t", regenerated)
				}
			})
		}
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, fault := range map[string]Fault{
		"reached": {Reached: make(chan struct{})},
		"hold":    {Hold: make(chan struct{})},
		"delay":   {Delay: time.Hour},
	} {
		if err := fault.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRotationDuringHold(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	reached, hold, status := make(chan struct{}), make(chan struct{}), make(chan int)
	c.Inject(Fault{Reached: reached, Hold: hold})
	r := c.request(c.Secret(), "GET", ProfilePath, "")
	go func() {
		a, err := c.try(r)
		if err != nil {
			t.Error(err)
		}
		status <- a.status
	}()
	<-reached
	c.Rotate(0)
	close(hold)
	if got := <-status; got != 401 {
		t.Errorf("the secret died on the way, and the status is %d", got)
	}
}

func TestCloseEndsWaits(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	reached := make(chan struct{})
	c.Inject(Fault{Reached: reached, Delay: time.Hour})
	done := make(chan error)
	r := c.request(c.Secret(), "GET", ProfilePath, "").WithContext(context.Background())
	go func() {
		_, err := c.try(r)
		done <- err
	}()
	<-reached
	c.Close()
	if err := <-done; err == nil {
		t.Error("got an answer")
	}
	if got := c.last(); got.Status != 0 || got.Processed {
		t.Errorf("recorded %+v", got)
	}
}
