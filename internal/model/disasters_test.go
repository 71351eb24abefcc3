// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"time"

	"pgregory.net/rapid"
)

// moreGroups are the groups of steps of the kinds that a scenario has.
func (s scenario) moreGroups() (groups []*rapid.Generator[[]step]) {
	made := map[kind][]*rapid.Generator[[]step]{
		severalMachines: {s.travels(), s.visits()},
		workspaces:      {s.switches()},
		orphans:         {s.orphaned(), s.orphaned()},
		dependencies:    {failedDependencies(), failedDependencies()},
		forgotten:       {forgottenObjects()},
		recipients:      {keys()},
		keptSecrets:     {destructions()},
		markedEntries:   {taintsAtOnce()},
		plainImports:    {importsBeside()},
	}
	for _, k := range s.Kinds {
		groups = append(groups, made[k]...)
	}
	return groups
}

// rotations are applies that make a secret.
func rotations() *rapid.Generator[apply] {
	return rapid.Custom(func(t *rapid.T) apply {
		replace := rapid.Bool().Draw(t, "replace")
		return apply{Replace: replace, Rotate: !replace}
	})
}

// meanwhile is what happens before things go on.
func meanwhile(t *rapid.T, most int) []step {
	return rapid.SliceOfN(rapid.OneOf(events(), applies(), events(), commands()), 0, most).Draw(t, "meanwhile")
}

func (s scenario) machine() *rapid.Generator[step] {
	return rapid.Map(rapid.IntRange(0, len(s.Nets)-1), func(n int) step { return onMachine{n} })
}

// travels go on at another machine.
func (s scenario) travels() *rapid.Generator[[]step] { return between(s.machine()) }

// visits do something on another machine, and come back.
func (s scenario) visits() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		from, to := s.machine().Draw(t, "from"), s.machine().Draw(t, "to")
		var steps []step
		if rapid.Bool().Draw(t, "leaves an entry") {
			steps = []step{from, rotations().Draw(t, "rotation")}
		}
		steps = append(steps, to, rotations().Draw(t, "rotation"))
		if oneIn(3).Draw(t, "later") {
			steps = append(steps, events().Draw(t, "event"))
		}
		return append(steps, from, rotations().Draw(t, "rotation"))
	})
}

// switches select a workspace.
func (s scenario) switches() *rapid.Generator[[]step] {
	last := 0
	if s.Workspaces != oneWorkspace {
		last = 1
	}
	return between(rapid.Map(rapid.IntRange(0, last), func(n int) step { return inWorkspace{n} }), applies())
}

// orphaned kill a Terraform whose provider lives on.
func (s scenario) orphaned() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		a := rotations().Draw(t, "rotation")
		a.Orphan = rapid.SampledFrom([]moment{whileReplied, whileIdle}).Draw(t, "moment")
		if a.Orphan == whileIdle || oneIn(4).Draw(t, "fault") {
			a.Faults.Posts = []postFault{rapid.SampledFrom([]postFault{lostAfter, lostBefore, busyAfter, errorBefore, limited}).Draw(t, "post")}
		}
		steps := []step{a}
		if oneIn(3).Draw(t, "elsewhere") {
			steps = append(steps, s.machine().Draw(t, "machine"))
		}
		steps = append(steps, rapid.SliceOfN(rapid.OneOf(
			rapid.Just[step](apply{}), rapid.Map(rotations(), func(a apply) step { return a }), applies(), events(),
		), 0, 2).Draw(t, "meanwhile")...)
		steps = append(steps, rapid.SampledFrom([]step{orphanEnds{}, orphanEnds{}, orphanEnds{}, orphanDies{}}).Draw(t, "end"))
		if rapid.Bool().Draw(t, "again") {
			return append(steps, rotations().Draw(t, "rotation"))
		}
		return append(steps, apply{})
	})
}

// failedDependencies keep Create from being called.
func failedDependencies() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		steps := []step{setLifecycle{false}}
		a := apply{
			Replace:    true,
			NoRefresh:  oneIn(6).Draw(t, "no refresh"),
			Dependency: rapid.SampledFrom([]dependency{fails, interrupted, dies, precondition}).Draw(t, "dependency"),
		}
		if oneIn(3).Draw(t, "tainted") {
			steps = append(steps, taint{true})
		}
		steps = append(steps, a)
		if oneIn(3).Draw(t, "later") {
			steps = append(steps, events().Draw(t, "event"))
		}
		return append(steps, apply{})
	})
}

// forgottenObjects are replaced under lifecycle { destroy = false }.
func forgottenObjects() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		steps := []step{setDestroy{false}}
		a := apply{Replace: true, NoRefresh: oneIn(6).Draw(t, "no refresh")}
		if rapid.Bool().Draw(t, "tainted") {
			steps, a.Replace = append(steps, taint{true}), false
		}
		a.Faults, a.Interrupt, a.Crash = mishaps(t)
		steps = append(steps, a, apply{})
		if rapid.Bool().Draw(t, "no longer") {
			steps = append(steps, setDestroy{true})
		}
		return steps
	})
}

// keys add and remove recipients, and their private key.
func keys() *rapid.Generator[[]step] {
	return rapid.OneOf(
		rapid.SampledFrom([][]step{
			{setRecipients{true}, apply{}}, {setRecipients{true}, apply{Rotate: true}}, {setRecipients{false}},
			{setKey{true}, apply{}},
		}),
		rapid.Custom(func(t *rapid.T) []step {
			return append(append([]step{setKey{false}}, meanwhile(t, 2)...), setKey{true})
		}),
	)
}

// destructions are followed by a new beginning.
func destructions() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		var steps []step
		if oneIn(3).Draw(t, "with a dummy") {
			steps = []step{setSecret{"wrong"}}
		}
		steps = append(steps, destroyed{})
		if oneIn(3).Draw(t, "later") {
			steps = append(steps, events().Draw(t, "event"))
		}
		return append(steps, apply{})
	})
}

// taintsAtOnce taint what has just been made.
func taintsAtOnce() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		return []step{
			setLifecycle{rapid.Bool().Draw(t, "create_before_destroy")},
			rotations().Draw(t, "rotation"), taint{true},
			apply{NoRefresh: rapid.Bool().Draw(t, "no refresh")},
		}
	})
}

// importsBeside take a configured secret while the net holds another one.
func importsBeside() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		killed := rotations().Draw(t, "rotation")
		killed.Crash = crash{Call: rapid.IntRange(1, 2).Draw(t, "call")}
		return []step{
			killed, forget{},
			rotatedElsewhere{rapid.SampledFrom([]time.Duration{time.Hour, time.Minute, 0}).Draw(t, "grace")},
			setSecret{"live"}, importSecret{}, apply{},
		}
	})
}
