// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the provider at work: it builds it and lets a real
// Terraform (or OpenTofu) rotate a secret of the API emulator, by the published
// example. Whatever it says has been checked; it exits with 1 as soon as
// something does not hold. It works in a temporary folder and removes it.
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
	timeout   time.Duration    // for the story, not for downloading and building before it
	faults    []emulator.Fault // what goes wrong with the API's requests
}

func main() {
	var options options
	flag.StringVar(&options.terraform, "terraform", "", "the Terraform or OpenTofu `binary` to use; default is what the PATH has, or else a download")
	flag.DurationVar(&options.timeout, "timeout", time.Minute, "how long it may take once the provider is built")
	flag.Parse()

	// SIGPIPE comes when the reader of the output leaves, as head does.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	err := run(ctx, os.Stdout, options)
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\nThe demo failed: %v\n", err)
		os.Exit(1)
	}
}

// run gives the demo a temporary folder to be in.
func run(ctx context.Context, out io.Writer, options options) error {
	dir, err := os.MkdirTemp("", "integrator-demo-")
	if err != nil {
		return err
	}
	story := &story{out: out}
	err = errors.Join(perform(ctx, dir, story, options), os.RemoveAll(dir))
	if err == nil {
		story.printf("Nothing is left behind.")
	}
	return err
}

// perform sets the stage and plays the story.
func perform(ctx context.Context, dir string, story *story, options options) error {
	if err := furnish(dir); err != nil {
		return err
	}
	story.opening()
	terraform, err := findTerraform(ctx, options.terraform, dir, story)
	if err != nil {
		return cause(ctx, err)
	}
	story.fact("Terraform", "%s %s (%s)", terraform.name, terraform.version, terraform.path)

	story.fact("provider", "building it from this source tree …")
	start := time.Now()
	if err := installProvider(ctx, dir); err != nil {
		return cause(ctx, err)
	}
	story.fact("", "built in %s", time.Since(start).Round(100*time.Millisecond))

	api, err := emulator.Start(emulator.Options{})
	if err != nil {
		return err
	}
	defer api.Close()
	api.Inject(options.faults...)
	story.fact("API", "emulated at %s, for integrator %s", api.URL(), api.Key())
	story.fact("secret", "#1, %s (they are numbered as the API makes them)", masked(api.Secret()))

	ctx, cancel := context.WithTimeoutCause(ctx, options.timeout, fmt.Errorf("it took longer than %s", options.timeout))
	defer cancel()
	start = time.Now()
	demo := newDemo(api, terraform, story)
	if err := demo.play(ctx); err != nil {
		return err
	}
	story.closing(len(demo.secrets)-1, api.Count("POST", emulator.RegeneratePath), time.Since(start))
	return nil
}

// cause is why something failed: where the context has ended, because of that.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
