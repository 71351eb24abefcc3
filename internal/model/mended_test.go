// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"testing"
	"time"
)

// TestMendedFaults plays sequences in which an earlier version of the provider lost a
// secret, or stored an older one.
func TestMendedFaults(t *testing.T) {
	t.Parallel()
	schemas := loadSchemas(t.Context())
	for name, s := range mendedFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.MaxRetries = 4
			if s.Kinds == nil {
				s.Kinds = parseKinds("all")
			}
			play(t, schemas, s)
		})
	}
}

func mendedFaults() map[string]scenario {
	terraform, openTofu := flavor{DeferralAllowed: true}, flavor{Identities: true, Forgets: forgetsAll}
	terraform116 := flavor{DeferralAllowed: true, Identities: true, Forgets: forgetsTainted}
	replace := apply{Replace: true}
	betweenDeleteAndCreate := func(d dependency) apply { return apply{Replace: true, Dependency: d} }
	return map[string]scenario{
		"nothing on the disk is in plaintext": {
			Flavor: terraform, Kinds: []kind{sealedNets}, Nets: []net{chosenNet},
			Steps: []step{apply{}},
		},

		// The net by default.
		"kill -9 on default settings": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, mustApply{}},
		},
		"kill -9 without a net": {
			Flavor: terraform, Nets: []net{noNet}, Grace: 300,
			Steps: []step{apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, mustApply{}},
		},
		"kill -9 of a creation": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{Crash: crash{Call: 1}}, mustApply{}},
		},
		"kill -9 of a replacement": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, apply{Replace: true, Crash: crash{Call: 2}}, mustApply{}},
		},

		// What an entry may be taken for.
		"an entry that is a day old stays out of the way of a newer secret": {
			Flavor: terraform, Nets: []net{chosenNet, noNet}, Grace: 3600,
			Steps: []step{
				apply{}, pass{24 * time.Hour},
				onMachine{1}, replace, onMachine{0}, replace,
			},
		},
		"an import takes the configured secret": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, forget{},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, importSecret{}, apply{},
			},
		},
		"a configured secret that is newer than the entry is not passed over": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, apply{},
			},
		},
		"a live configured secret is not superseded by what is resumed": {
			Flavor: terraform, Kinds: []kind{severalMachines}, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, apply{}, pass{2 * time.Hour}, apply{},
			},
		},
		"what was tainted straight after an apply is replaced": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300,
			Steps: []step{apply{}, taint{true}, apply{}, apply{Rotate: true}, taint{true}, apply{NoRefresh: true}},
		},
		"what was tainted straight after an apply is replaced before it is destroyed": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300, CreateBeforeDestroy: true,
			Steps: []step{apply{}, taint{true}, apply{}},
		},
		"what was tainted straight after an apply is replaced before it is destroyed, without a refresh": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300, CreateBeforeDestroy: true,
			Steps: []step{apply{}, taint{true}, apply{NoRefresh: true}},
		},

		// Orphans.
		"an orphan sends nothing after the next run has stored a secret": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{lostBefore}}, Orphan: whileIdle},
				apply{}, orphanEnds{}, apply{},
			},
		},
		"an orphan does not end the secret in state": {
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{lostBefore}}, Orphan: whileIdle},
				orphanEnds{}, apply{},
			},
		},
		"an orphan's late entry stays out of the way of a newer secret": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Orphan: whileReplied},
				apply{}, orphanEnds{}, replace,
			},
		},
		"an orphan's late entry leaves the newer one": {
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Orphan: whileReplied},
				apply{Crash: crash{Call: 1}}, orphanEnds{}, mustApply{},
			},
		},
		"an orphan's secret is taken by the next run": {
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, apply{Rotate: true, Orphan: whileReplied}, orphanEnds{}, noPosts{apply{}}},
		},

		// Create is never called.
		"a dependency fails": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(fails), mustApply{}},
		},
		"a dependency fails while the configured secret is live": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, setSecret{"live"}, betweenDeleteAndCreate(fails), mustApply{}},
		},
		"a dependency fails beside a chosen folder": {
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(fails), mustApply{}},
		},
		"a dependency is interrupted": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(interrupted), mustApply{}},
		},
		"Terraform is killed between Delete and Create": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(dies), mustApply{}},
		},
		"a precondition fails": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(precondition), mustApply{}},
		},
		"a dependency fails when a tainted object is replaced": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, taint{true}, apply{Dependency: fails}, mustApply{}},
		},

		// Objects that go without a Create after them.
		"destroy, then apply": {
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, destroyed{}, mustApply{}},
		},
		"destroy, then apply, beside a chosen folder": {
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, destroyed{}, mustApply{}},
		},
		"a destroy on another machine": {
			Flavor: terraform, Nets: []net{chosenNet, noNet}, Grace: 300,
			Steps: []step{apply{}, onMachine{1}, destroyed{}, onMachine{0}, mustApply{}},
		},

		// Objects that are forgotten.
		"OpenTofu forgets what it replaces": {
			Flavor: openTofu, Nets: []net{chosenNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, replace},
		},
		"OpenTofu forgets what is tainted": {
			Flavor: openTofu, Nets: []net{defaultNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, taint{true}, apply{}},
		},
		"OpenTofu forgets what it replaces with create_before_destroy": {
			Flavor: openTofu, Nets: []net{chosenNet}, Kinds: []kind{forgotten}, CreateBeforeDestroy: true,
			Steps: []step{apply{}, setDestroy{false}, replace},
		},
		"OpenTofu forgets by a saved plan": {
			Flavor: openTofu, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, save{Replace: true}, applySaved{}, mustApply{}},
		},
		"Terraform forgets what is tainted": {
			Flavor: terraform116, Nets: []net{chosenNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, taint{true}, apply{}},
		},
		"Terraform does not forget what it replaces": {
			Flavor: terraform116, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, replace},
		},
		"the message of a forgotten object is true": {
			Flavor: openTofu, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, replace},
		},
		"an object is forgotten while the configured secret is live": {
			Flavor: openTofu, Nets: []net{defaultNet},
			Steps: []step{apply{}, setDestroy{false}, setSecret{"live"}, replace},
		},
	}
}
