// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
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
			f := newFixture(t).withRecovery()
			rotation.prepare(f)
			gets, posts := f.Count("GET", ""), f.Count("POST", "")
			f.apply(rotation.args()...).has(0)
			if n := f.Count("POST", "") - posts; n != 1 {
				t.Errorf("an apply that rotates sends %d POSTs", n)
			}
			if n := f.Count("GET", "") - gets; n > 3 {
				t.Errorf("an apply that rotates sends %d GETs", n)
			}
			f.stores(f.newest(), false)

			before := f.Count("", "")
			f.plan().has(0, "No changes")
			if n := f.Count("", "") - before; n != 1 {
				t.Errorf("a plan without changes sends %d requests", n)
			}
			// Every test looks for secrets in this log, so it must have what
			// the provider logs.
			if !strings.Contains(f.read("trace.log"), "the API answered") {
				t.Error("the provider's log is not in the trace")
			}
		})
	}
}

// A refresh that finds nothing new writes nothing.
func TestIdleApplyLeavesTheStateAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.apply().has(0)
	before := f.read("terraform.tfstate")
	f.apply().has(0, "0 added, 0 changed")
	f.terraform("apply", "-refresh-only", "-auto-approve").has(0, "No changes")
	if f.read("terraform.tfstate") != before {
		t.Error("the state was written anew")
	}
}

func TestSkippedValidationSendsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.configure(resource{more: `provider "integrator" { skip_credentials_validation = true }`})
	f.plan().has(2)
	f.apply().has(0)
	f.apply("-replace=" + address).has(0)
	f.plan().has(0, "No changes")
	if n := f.Count("", ""); n != 2 || f.posts() != 2 {
		t.Errorf("%d requests, %d of them for a new secret: want the 2 that rotate", n, f.posts())
	}
}

// Data sources are signed with the secret that the same run has made.
func TestProfileFollowsTheRotation(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rotation.prepare(f)
			f.configure(resource{trigger: "2", createFirst: rotation.createFirst, more: `
data "integrator_profile" "this" {
  depends_on = [integrator_api_secret.this]
}`})
			f.apply(rotation.args()...).has(0, "data.integrator_profile.this: Read complete")
			f.stores(f.newest(), false)
		})
	}
}
