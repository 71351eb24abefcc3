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
		// run imports a key, and with it applies if that is how it goes.
		run func(w *workspace, key string) result
	}{
		{"command", func(w *workspace, key string) result {
			return w.terraform("import", "-input=false", address, key)
		}},
		{"block", func(w *workspace, key string) result {
			w.configure(block(key))
			return w.apply()
		}},
	} {
		t.Run(tt.name+"/adopts the configured secret", func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			tt.run(w, w.Key()).has(0)
			if tt.name == "command" {
				w.plan().has(2, "will be updated in-place")
				w.apply().has(0, "1 changed")
			}
			w.stores(0, false)
			w.sent(0)
			w.plan().has(0, "No changes")

			w.configure(resource{trigger: "2"})
			w.apply().has(0, "1 changed")
			w.stores(1, false)
			w.sent(1)
		})
		t.Run(tt.name+"/refuses another key", func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			tt.run(w, "int_another").has(1, `The import names "int_another"`, "terraform import <address> int_demo")
			w.stores(none, false)
		})
		t.Run(tt.name+"/refuses a dead secret", func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.Rotate(0)
			tt.run(w, w.Key()).has(1, "The secret cannot be imported", "set integrator_secret (INTEGRATOR_SECRET) to the live one")
			w.stores(none, false)
		})
	}
}
