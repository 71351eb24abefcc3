// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command play runs the API emulator until it is interrupted, for somebody who wants to
// use the provider with a configuration of their own. It prints the settings that point
// the provider to the emulator, and each request that arrives. It writes no file.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// key is the integrator key that the examples import.
const key = "int_1a2b3c"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run runs the emulator until the context ends.
func run(ctx context.Context, out io.Writer) error {
	requests := make(chan emulator.Request)
	api, err := emulator.Start(emulator.Options{Key: key, Observe: func(r emulator.Request) {
		select {
		case requests <- r: // the answer waits until the request is shown
		case <-ctx.Done():
		}
	}})
	if err != nil {
		return err
	}
	defer api.Close()
	screen := &screen{out: out, api: api}
	screen.opening()
	for {
		select {
		case r := <-requests:
			screen.request(r)
		case <-ctx.Done():
			screen.closing()
			return nil
		}
	}
}
