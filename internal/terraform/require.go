// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import "testing"

// Require returns the CLI for a test that needs one. With -short, as in "make
// check", it skips the test. Otherwise a missing CLI is a failure: a skip would
// hide that nothing was tested.
func Require(t testing.TB) CLI {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Terraform, and -short runs the tests that do not")
	}
	cli, err := Find()
	if err != nil {
		t.Fatalf(`this test needs Terraform or OpenTofu, and "make check" runs those that do not: %v`, err)
	}
	return cli
}
