// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// built is the provider of all tests. TestMain builds it.
var built terraform.Override

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "integrator-acceptance-")
	if err == nil {
		built, err = terraform.NewOverride(context.Background(), folder)
	}
	// Terraform inherits that a signal is ignored, as under nohup, but not that it
	// is caught.
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// cliVersion asks the CLI for its version, once.
var cliVersion = sync.OnceValues(func() (terraform.Version, error) {
	cli, err := terraform.Find()
	if err != nil {
		return terraform.Version{}, err
	}
	return cli.Version(context.Background())
})

func (f *fixture) version() terraform.Version {
	f.t.Helper()
	version, err := cliVersion()
	if err != nil {
		f.t.Fatal(err)
	}
	return version
}

// openTofu reports whether the CLI is OpenTofu.
func (f *fixture) openTofu() bool { return f.version().OpenTofu }

// tellsOfApplying reports whether the CLI lets the provider know that a plan is
// made during apply.
func (f *fixture) tellsOfApplying() bool { return !f.openTofu() && f.version().AtLeast("1.9") }
