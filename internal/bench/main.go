// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command bench compares the time, the memory and the disk space that the provider
// takes with what any provider takes. It measures them by turns in one run on one
// machine, and compares the medians. It exits with 1 if a bound is missed. It works
// in a temporary folder and removes it.
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

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// options say how much is measured, and of which builds. Tests measure less.
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
	folder, err := os.MkdirTemp("", "integrator-bench-")
	if err != nil {
		return err
	}
	report, err := measure(ctx, folder, options)
	if err := errors.Join(err, os.RemoveAll(folder)); err != nil {
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

// measure works in a folder, which it leaves for others to remove.
func measure(ctx context.Context, folder string, options options) (*report, error) {
	cli, err := terraform.Find()
	if err != nil {
		return nil, err
	}
	version, err := cli.Version(ctx)
	if err != nil {
		return nil, err
	}
	mirror, err := terraform.NewMirror(folder, version)
	if err != nil {
		return nil, err
	}
	providers, err := build(ctx, folder, mirror, options.flags)
	if err != nil {
		return nil, err
	}
	processes, err := compareProcesses(ctx, providers, options.starts)
	if err != nil {
		return nil, err
	}
	env := terraform.Environment("TF_CLI_CONFIG_FILE=" + mirror.Config)
	applies, err := compareApplies(ctx, cli, env, folder, providers, options.applies)
	if err != nil {
		return nil, err
	}
	client, machine, err := compareClient(ctx, folder, options.benchmarks, options.benchtime)
	if err != nil {
		return nil, err
	}
	return &report{
		machine: machine + ", " + version.String(),
		tables:  []table{processes, applies, client},
	}, nil
}
