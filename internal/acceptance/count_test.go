// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"os"
	"strings"
	"testing"
)

// Without faults, a plan that changes nothing asks the API once, and an apply
// that rotates sends one POST and at most three GETs.
func TestRequestsOfARun(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t).withRecovery()
			rotation.prepare(w)
			gets, posts := w.Count("GET", ""), w.Count("POST", "")
			w.apply(rotation.args()...).has(0)
			if n := w.Count("POST", "") - posts; n != 1 {
				t.Errorf("an apply that rotates sends %d POSTs", n)
			}
			if n := w.Count("GET", "") - gets; n > 3 {
				t.Errorf("an apply that rotates sends %d GETs", n)
			}
			w.stores(w.newest(), false)

			before := w.Count("", "")
			w.plan().has(0, "No changes")
			if n := w.Count("", "") - before; n != 1 {
				t.Errorf("a plan without changes sends %d requests", n)
			}
			// Every test looks for secrets in this log, so it must have what
			// the provider logs.
			log, err := os.ReadFile(w.env["TF_LOG_PATH"])
			if err != nil || !strings.Contains(string(log), "the API answered") {
				t.Errorf("the provider's log is not in the trace: %v", err)
			}
		})
	}
}
