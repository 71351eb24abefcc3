// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"testing"
)

func TestImport(t *testing.T) {
	t.Parallel()
	block := func(key string) resource {
		return resource{more: fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, key)}
	}
	for _, tt := range []struct {
		name string
		// run imports the secret, and with it applies if that is how it goes.
		run func(f *fixture) result
	}{
		{"command", func(f *fixture) result {
			return f.terraform("import", "-input=false", address, f.Key())
		}},
		{"block", func(f *fixture) result {
			f.configure(block(f.Key()))
			return f.apply()
		}},
	} {
		t.Run(tt.name+"/adopts the configured secret", func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			tt.run(f).has(0)
			if tt.name == "command" {
				f.plan().has(2, "will be updated in-place")
				f.apply().has(0, "1 changed")
			}
			f.stores(0, false)
			f.sent(0)
			f.plan().has(0, "No changes")

			f.configure(resource{trigger: "2"})
			f.apply().has(0, "1 changed")
			f.stores(1, false)
			f.sent(1)
		})
	}
	// Both ways make the same calls, so each refusal is here once.
	t.Run("command/refuses another key", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.terraform("import", "-input=false", address, "int_another").
			has(1, `The import names "int_another"`, "terraform import <address> int_demo")
		f.stores(none, false)
	})
	t.Run("block/refuses a dead secret", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.Rotate(0)
		f.configure(block(f.Key()))
		f.apply().has(1, "The secret cannot be imported", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
		f.stores(none, false)
	})
}
