// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform_test

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// outcome records how a test ends.
type outcome struct {
	testing.TB
	skipped, failed bool
}

func (o *outcome) Helper()               {}
func (o *outcome) Skip(...any)           { o.skipped = true; panic(o) }
func (o *outcome) Fatalf(string, ...any) { o.failed = true; panic(o) }

// Only -short may skip a test: without a CLI, it fails.
func TestRequire(t *testing.T) {
	t.Setenv("PATH", "")
	t.Setenv(terraform.PathVariable, "")
	o := &outcome{}
	func() {
		defer func() { _ = recover() }()
		terraform.Require(o)
	}()
	if o.skipped != testing.Short() || o.failed == testing.Short() {
		t.Errorf("skipped: %t, failed: %t", o.skipped, o.failed)
	}
}
