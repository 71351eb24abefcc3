// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"strings"
	"testing"
)

// OpenTofu forgets an object with destroy = false when it replaces it, and never calls
// Delete. The apply is signed with the secret that was loaded from the state, also where
// the configured one has expired.
func TestForgottenObjects(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"-replace": {"-replace=" + address}, "taint": nil} {
		for _, createFirst := range []bool{false, true} {
			t.Run(name+strings.Repeat(", create_before_destroy", map[bool]int{true: 1}[createFirst]), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				if !f.openTofu() || !f.version().AtLeast("1.12") {
					t.Skip("only OpenTofu forgets what it replaces, from 1.12 on: lifecycle { destroy = false }")
				}
				f.configure(resource{createFirst: createFirst})
				f.apply().has(0)
				f.write("main.tf", strings.Replace(f.read("main.tf"), "lifecycle {", "lifecycle {\n    destroy = false", 1))
				if args == nil {
					f.terraform("taint", address).has(0)
				}
				f.apply(args...).has(0, "1 to forget")
				f.stores(2, false)
				f.signedBy(1)
				f.plan().has(0, "No changes")
			})
		}
	}
}
