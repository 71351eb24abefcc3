// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command bench compares what the provider costs with what any provider does, in
// one run on one machine: the medians of runs that alternate. It exits with 1 if
// a bound is missed. It works in a temporary folder and removes it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options say how much is measured, and of what. Tests measure less.
type options struct {
	flags                       []string // of the go command, for every provider
	starts, applies, benchmarks int      // rounds
	benchtime                   string   // of a Go benchmark, in a round
}

func main() {
	write := flag.String("write", "", "write the tables to this `file` as well")
	timeout := flag.Duration("timeout", 15*time.Minute, "how long it may take")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeoutCause(ctx, *timeout, fmt.Errorf("it took longer than %s", *timeout))
	err := bench(ctx, *write, options{
		flags:      []string{"-trimpath", "-ldflags=-s -w"},
		starts:     100,
		applies:    25,
		benchmarks: 25,
		benchtime:  "300ms",
	})
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cancel()
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "\n%v\n", err)
		os.Exit(1)
	}
}

// bench measures, and prints and writes what it has found.
func bench(ctx context.Context, write string, options options) error {
	dir, err := os.MkdirTemp("", "integrator-bench-")
	if err != nil {
		return err
	}
	report, err := measure(ctx, dir, options)
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	text := report.String()
	fmt.Print(text)
	if write != "" {
		if err := os.WriteFile(write, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if missed := report.missed(); len(missed) > 0 {
		return fmt.Errorf("missed: %s", strings.Join(missed, ", "))
	}
	return nil
}

// measure works in dir.
func measure(ctx context.Context, dir string, options options) (*report, error) {
	providers, err := build(ctx, dir, options.flags)
	if err != nil {
		return nil, err
	}
	cli, err := findCLI(ctx, dir)
	if err != nil {
		return nil, err
	}
	processes, err := compareProcesses(ctx, providers, options.starts)
	if err != nil {
		return nil, err
	}
	applies, err := compareApplies(ctx, cli, dir, providers, options.applies)
	if err != nil {
		return nil, err
	}
	client, machine, err := compareClient(ctx, dir, options.benchmarks, options.benchtime)
	if err != nil {
		return nil, err
	}
	return &report{
		machine: machine + ", " + cli.version,
		tables:  []table{processes, applies, client},
	}, nil
}
