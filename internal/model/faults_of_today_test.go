// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"testing"
	"time"
)

// known is a sequence that today's provider does not survive, with the invariant that
// it breaks; "" is for one that it does.
type known struct {
	fault    string
	scenario scenario
}

// TestKnownFaults replays them. One that is mended fails here, and loses its fault.
func TestKnownFaults(t *testing.T) {
	t.Parallel()
	schemas := loadSchemas(t.Context())
	for name, k := range knownFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.scenario.MaxRetries = 4
			if k.scenario.Kinds == nil {
				k.scenario.Kinds = parseKinds("all,-sealed")
			}
			if k.fault == "" {
				play(t, schemas, k.scenario)
				return
			}
			if broken := finding(schemas, k.scenario); broken != k.fault {
				t.Fatalf("broken is %q, not %q: if it is mended, clear its fault", broken, k.fault)
			}
		})
	}
}

const (
	olderStored   = "an older secret took the place of a live one"
	emptied       = "the live secret is held by nobody any more, after a dependency that "
	liveNotTaken  = "failed, although nothing was wrong and a live secret was at hand"
	unknownPassed = "an older secret was preferred to a configured one that is accepted"
)

func knownFaults() map[string]known {
	terraform, openTofu := flavor{DeferralAllowed: true}, flavor{Identities: true, Forgets: forgetsAll}
	terraform116 := flavor{DeferralAllowed: true, Identities: true, Forgets: forgetsTainted}
	replace := apply{Replace: true}
	betweenDeleteAndCreate := func(d dependency) apply { return apply{Replace: true, Dependency: d} }
	return map[string]known{
		"nothing on the disk is in plaintext": {"a secret is on the disk in plaintext", scenario{
			Flavor: terraform, Kinds: []kind{sealedNets}, Nets: []net{chosenNet},
			Steps: []step{apply{}},
		}},

		// The net by default.
		"kill -9 on default settings": {"a secret that was delivered is held by nobody, after a kill", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, mustApply{}},
		}},
		"kill -9 without a net": {"", scenario{
			Flavor: terraform, Nets: []net{noNet}, Grace: 300,
			Steps: []step{apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, mustApply{}},
		}},
		"kill -9 of a creation": {"a secret that was delivered is held by nobody, after a kill", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{Crash: crash{Call: 1}}, mustApply{}},
		}},
		"kill -9 of a replacement": {"a secret that was delivered is held by nobody, after a kill", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, apply{Replace: true, Crash: crash{Call: 2}}, mustApply{}},
		}},

		// What an entry may be taken for.
		"an entry that is a day old stays out of the way of a newer secret": {olderStored, scenario{
			Flavor: terraform, Nets: []net{chosenNet, noNet}, Grace: 3600,
			Steps: []step{
				apply{}, pass{24 * time.Hour},
				onMachine{1}, replace, onMachine{0}, replace,
			},
		}},
		"an import takes the configured secret": {"an import took another secret than the configured one", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}}, forget{},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, importSecret{}, apply{},
			},
		}},
		"a configured secret that is newer than the entry is not passed over": {unknownPassed, scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, apply{},
			},
		}},
		"a live configured secret is not superseded by what is resumed": {"a live secret was at hand, but was not adopted", scenario{
			Flavor: terraform, Kinds: []kind{severalMachines}, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Crash: crash{Call: 1}},
				rotatedElsewhere{time.Hour}, setSecret{"live"}, apply{}, pass{2 * time.Hour}, apply{},
			},
		}},
		"what was tainted straight after an apply is replaced": {"", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300,
			Steps: []step{apply{}, taint{true}, apply{}, apply{Rotate: true}, taint{true}, apply{NoRefresh: true}},
		}},
		"what was tainted straight after an apply is replaced before it is destroyed": {"", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300, CreateBeforeDestroy: true,
			Steps: []step{apply{}, taint{true}, apply{}},
		}},
		"what was tainted straight after an apply is replaced before it is destroyed, without a refresh": {"a replacement gave the same secret again", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 300, CreateBeforeDestroy: true,
			Steps: []step{apply{}, taint{true}, apply{NoRefresh: true}},
		}},

		// Orphans.
		"an orphan sends nothing after the next run has stored a secret": {"an orphan began another attempt", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{lostBefore}}, Orphan: whileIdle},
				apply{}, orphanEnds{}, apply{},
			},
		}},
		"an orphan does not end the secret in state": {"an orphan ended a stored secret", scenario{
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{
				apply{}, apply{Rotate: true, Faults: faults{Posts: []postFault{lostBefore}}, Orphan: whileIdle},
				orphanEnds{}, apply{},
			},
		}},
		"an orphan's late entry stays out of the way of a newer secret": {olderStored, scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Orphan: whileReplied},
				apply{}, orphanEnds{}, replace,
			},
		}},
		"an orphan's late entry leaves the newer one": {"the live secret is held by nobody any more, after an orphan", scenario{
			Flavor: terraform, Nets: []net{chosenNet}, Grace: 3600,
			Steps: []step{
				apply{}, apply{Rotate: true, Orphan: whileReplied},
				apply{Crash: crash{Call: 1}}, orphanEnds{}, mustApply{},
			},
		}},
		"an orphan's secret is taken by the next run": {"", scenario{
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, apply{Rotate: true, Orphan: whileReplied}, orphanEnds{}, noPosts{apply{}}},
		}},

		// Create is never called.
		"a dependency fails": {emptied + "fails", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(fails), mustApply{}},
		}},
		"a dependency fails while the configured secret is live": {"", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, setSecret{"live"}, betweenDeleteAndCreate(fails), mustApply{}},
		}},
		"a dependency fails beside a chosen folder": {"", scenario{
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(fails), mustApply{}},
		}},
		"a dependency is interrupted": {emptied + "is interrupted", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(interrupted), mustApply{}},
		}},
		"Terraform is killed between Delete and Create": {emptied + "is when Terraform is killed", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(dies), mustApply{}},
		}},
		"a precondition fails": {emptied + "is followed by a precondition that fails", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, betweenDeleteAndCreate(precondition), mustApply{}},
		}},
		"a dependency fails when a tainted object is replaced": {emptied + "fails", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, taint{true}, apply{Dependency: fails}, mustApply{}},
		}},

		// Objects that go without a Create after them.
		"destroy, then apply": {"the live secret is held by nobody any more, after destroy", scenario{
			Flavor: terraform, Nets: []net{defaultNet},
			Steps: []step{apply{}, destroyed{}, mustApply{}},
		}},
		"destroy, then apply, beside a chosen folder": {"the live secret is held by nobody any more, after destroy", scenario{
			Flavor: terraform, Nets: []net{chosenNet},
			Steps: []step{apply{}, destroyed{}, mustApply{}},
		}},
		"a destroy on another machine": {"", scenario{
			Flavor: terraform, Nets: []net{chosenNet, noNet}, Grace: 300,
			Steps: []step{apply{}, onMachine{1}, destroyed{}, onMachine{0}, mustApply{}},
		}},

		// Objects that are forgotten.
		"OpenTofu forgets what it replaces": {liveNotTaken, scenario{
			Flavor: openTofu, Nets: []net{chosenNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, replace},
		}},
		"OpenTofu forgets what is tainted": {liveNotTaken, scenario{
			Flavor: openTofu, Nets: []net{defaultNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, taint{true}, apply{}},
		}},
		"OpenTofu forgets what it replaces with create_before_destroy": {liveNotTaken, scenario{
			Flavor: openTofu, Nets: []net{chosenNet}, Kinds: []kind{forgotten}, CreateBeforeDestroy: true,
			Steps: []step{apply{}, setDestroy{false}, replace},
		}},
		"OpenTofu forgets by a saved plan": {"not true: the state has lost its secret, and nothing was changed", scenario{
			Flavor: openTofu, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, save{Replace: true}, applySaved{}, mustApply{}},
		}},
		"Terraform forgets what is tainted": {liveNotTaken, scenario{
			Flavor: terraform116, Nets: []net{chosenNet}, Kinds: []kind{forgotten},
			Steps: []step{apply{}, setDestroy{false}, taint{true}, apply{}},
		}},
		"Terraform does not forget what it replaces": {"", scenario{
			Flavor: terraform116, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, replace},
		}},
		"the message of a forgotten object is true": {"not true: the state has lost its secret, and nothing was changed", scenario{
			Flavor: openTofu, Nets: []net{chosenNet},
			Steps: []step{apply{}, setDestroy{false}, replace},
		}},
		"an object is forgotten while the configured secret is live": {"", scenario{
			Flavor: openTofu, Nets: []net{defaultNet},
			Steps: []step{apply{}, setDestroy{false}, setSecret{"live"}, replace},
		}},
	}
}
