// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"testing"
	"time"
)

// TestRegressions replays sequences that have broken an invariant.
func TestRegressions(t *testing.T) {
	t.Parallel()
	schemas := loadSchemas(t.Context())
	terraform := flavor{DeferralAllowed: true}
	for name, s := range map[string]scenario{
		"a tainted state of another endpoint is not replaced": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{apply{}, taint{true}, moveTo{"elsewhere"}, setSecret{"live"}, apply{}},
		},
		"a dead secret does not keep a wrong clock from the live one": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{
				apply{}, rotatedElsewhere{}, setSecret{"live"},
				skewed{10 * time.Minute}, apply{Rotate: true},
			},
		},
		"a destroy after a replacement that was interrupted leaves no file": {
			Flavor: terraform, MaxRetries: 4, Nets: []net{chosenNet},
			Steps: []step{apply{}, apply{Replace: true, Interrupt: beforeCall}, destroyed{}},
		},
		"what was imported from one endpoint is not adopted for another": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{importSecret{}, moveTo{"elsewhere"}, apply{NoRefresh: true}},
		},
		"after an import of an older secret, its successor is adopted": {
			Flavor: terraform, MaxRetries: 4, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, forget{},
				setSecret{"previous"}, importSecret{}, apply{}, mustStoreNewest{},
			},
		},
		"the age of an imported secret counts from its adoption": {
			Flavor: terraform, MaxRetries: 4, Nets: []net{chosenNet},
			Steps: []step{
				apply{}, pass{25 * time.Hour}, forget{},
				setSecret{"live"}, importSecret{}, setDays{1}, apply{},
			},
		},
		"a tainted state that was put back is still that of its endpoint": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{
				apply{}, taint{true}, rotatedElsewhere{}, apply{},
				moveTo{"elsewhere"}, setSecret{"live"}, apply{},
			},
		},
		"a refresh that finds a live secret to adopt says so": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{apply{}, rotatedElsewhere{}, setSecret{"live"}, refreshOnly{}},
		},
		"an adoption that is due does not fail at another endpoint": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{
				apply{}, rotatedElsewhere{}, setSecret{"live"}, refreshOnly{},
				moveTo{"elsewhere"}, mustApply{}, moveTo{"home"}, mustApply{},
			},
		},
		"a harmless retry does not use up the resend": {
			Flavor: terraform, MaxRetries: 1, Grace: 300,
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{limited, resetBefore}}},
			},
		},
		"a refusal that is cut short is one": {
			Flavor: terraform, MaxRetries: 4,
			Steps: []step{
				apply{}, taint{true}, save{}, rotatedElsewhere{}, applySaved{Faults: faults{Posts: []postFault{cutReply}}},
			},
		},
		"a retry that the API invites is not sent once the grace period would be over": {
			Flavor: terraform, MaxRetries: 4, Grace: 2,
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{busyBefore}}},
			},
		},
		"a replacement asked for by hand is forgotten with the run that was killed": {
			Flavor: terraform, MaxRetries: 4, Nets: []net{chosenNet}, Grace: 300, CreateBeforeDestroy: true,
			Steps: []step{apply{}, setSecret{"state's"}, apply{Replace: true, Crash: crash{Call: 1}}, apply{}},
		},
		"what the recovery file says is superseded stays so after an import": {
			Flavor: terraform, MaxRetries: 4, Nets: []net{chosenNet}, Grace: 300,
			Steps: []step{
				apply{}, setSecret{"state's"}, apply{Replace: true, Crash: crash{Call: 2}},
				forget{}, setSecret{"live"}, importSecret{}, setSecret{"previous"}, apply{NoRefresh: true},
				rotatedElsewhere{}, apply{},
			},
		},
		"a tainted state of another endpoint cannot be told from one's own without a refresh": {
			Flavor: terraform, MaxRetries: 4, Grace: 300,
			Steps: []step{apply{}, moveTo{"elsewhere"}, setSecret{"live"}, taint{true}, apply{Rotate: true, NoRefresh: true}},
		},
		"a plan that brings the age of rotation near is applied after it": {
			Flavor: terraform, MaxRetries: 4, Grace: 300,
			Steps: []step{
				apply{}, setDays{1}, pass{2 * time.Hour}, save{}, pass{23 * time.Hour}, mustApplySaved{}, mustApply{},
			},
		},
		"a plan that brings the age of rotation near is applied before it": {
			Flavor: terraform, MaxRetries: 4, Grace: 300,
			Steps: []step{
				apply{}, setDays{1}, pass{2 * time.Hour}, save{}, pass{time.Hour}, mustApplySaved{}, mustApply{},
			},
		},
		"a recovery file that cannot be checked stops the rotation that it completes": {
			Flavor: terraform, MaxRetries: 4, Grace: 300, Nets: []net{chosenNet},
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}},
				noPosts{apply{Faults: faults{Gets: []getFault{{"500", -1}}}}}, mustApply{},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, schemas, s)
		})
	}
}

// mustApply is an apply that must succeed.
type mustApply struct{}

func (s mustApply) take(w *world) {
	if done := w.command("apply", w.request(), faults{}, never, w.terraform.apply); !done.ok {
		w.t.Fatalf("the apply failed")
	}
}

// mustStoreNewest is an apply that rotates nothing, after which the state holds the newest
// secret.
type mustStoreNewest struct{}

func (s mustStoreNewest) take(w *world) {
	noPosts{mustApply{}}.take(w)
	if current := w.terraform.stored().current; current == nil || current.secret != w.server.Secret() {
		w.t.Fatalf("the newest secret is not in the state")
	}
}

// mustApplySaved is mustApply for a saved plan.
type mustApplySaved struct{}

func (s mustApplySaved) take(w *world) {
	r := w.request()
	r.refresh = false
	if done := w.command("apply the plan", r, faults{}, never, w.terraform.applySaved); !done.ok {
		w.t.Fatalf("the apply failed")
	}
}

// noPosts is a step that must not rotate.
type noPosts struct{ step }

func (s noPosts) take(w *world) {
	before := len(w.server.Secrets())
	s.step.take(w)
	if len(w.server.Secrets()) > before {
		w.t.Fatalf("the secret was rotated")
	}
}
