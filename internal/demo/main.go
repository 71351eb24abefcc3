// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the provider at work. It builds the provider, and a real
// Terraform or OpenTofu rotates a secret of the API emulator with the published
// example. It downloads Terraform if there is none on the PATH. It checks whatever
// it says, and exits with 1 as soon as something does not hold. It works in a
// temporary folder and removes it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

type options struct {
	terraform string           // path of the CLI; "" finds one
	timeout   time.Duration    // of the story, without the download and the build before it
	faults    []emulator.Fault // what goes wrong with the API's requests
}

func main() {
	var options options
	flag.StringVar(&options.terraform, "terraform", "", "the Terraform or OpenTofu `binary` to use; default is what the PATH has, or else a download")
	flag.DurationVar(&options.timeout, "timeout", time.Minute, "how long it may take once the provider is built")
	flag.Parse()

	// SIGPIPE comes if the reader of the output ends first, such as head.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	err := run(ctx, os.Stdout, options)
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\nThe demo failed: %v\n", err)
		os.Exit(1)
	}
}

// run performs the demo in a temporary folder and removes that.
func run(ctx context.Context, out io.Writer, options options) error {
	folder, err := os.MkdirTemp("", "integrator-demo-")
	if err != nil {
		return err
	}
	story := &story{out: out}
	err = errors.Join(perform(ctx, folder, story, options), os.RemoveAll(folder))
	if err == nil {
		story.printf("Nothing is left behind.")
	}
	return err
}

// perform prepares everything in the folder and plays the story.
func perform(ctx context.Context, folder string, story *story, options options) error {
	story.opening()
	cli, err := prepare(ctx, folder, story, options.terraform)
	if err != nil {
		return cause(ctx, err)
	}
	api, err := emulator.Start(emulator.Options{})
	if err != nil {
		return err
	}
	defer api.Close()
	api.Inject(options.faults...)
	story.fact("API", "emulated at %s, for integrator %s", api.URL(), api.Key())
	story.fact("secret", "#1, %s (they are numbered as the API makes them)", emulator.Masked(api.Secret()))

	ctx, cancel := context.WithTimeoutCause(ctx, options.timeout, fmt.Errorf("it took longer than %s", options.timeout))
	defer cancel()
	start := time.Now()
	demo := newDemo(api, cli, story)
	if err := demo.play(ctx); err != nil {
		return err
	}
	story.closing(len(demo.secrets)-1, api.Count("POST", emulator.RegeneratePath), time.Since(start))
	return nil
}

// cause returns the reason why the context has ended, or else err.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
