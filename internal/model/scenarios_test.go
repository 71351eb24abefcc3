// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"slices"
	"time"

	"pgregory.net/rapid"
)

// scenarios generates them, the simplest first. What happens in one is drawn in
// groups of steps that belong together, so that much of it leads somewhere.
func scenarios(kinds []kind) *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		s := scenario{
			Kinds:               kinds,
			Flavor:              rapid.SampledFrom(flavors(kinds)).Draw(t, "flavor"),
			Nets:                rapid.SampledFrom([][]net{{noNet}, {chosenNet}}).Draw(t, "nets"),
			SkipValidation:      oneIn(8).Draw(t, "skip_credentials_validation"),
			MaxRetries:          rapid.SampledFrom([]int{4, 1, 0}).Draw(t, "max_retries"),
			DropOldest:          rapid.Bool().Draw(t, "drop oldest"),
			OldCannotRegenerate: rapid.Bool().Draw(t, "old cannot regenerate"),
			Grace:               rapid.SampledFrom([]int{300, 0, 3600, 60, 2, -1}).Draw(t, "grace"),
			CreateBeforeDestroy: rapid.Bool().Draw(t, "create_before_destroy"),
		}
		if s.has(severalMachines) {
			s.Nets = rapid.SliceOfN(rapid.SampledFrom([]net{chosenNet, noNet}), 2, 3).Draw(t, "nets of machines")
		}
		for i := range s.Nets {
			if s.has(defaultNets) && rapid.Bool().Draw(t, "default") {
				s.Nets = slices.Clone(s.Nets)
				s.Nets[i] = defaultNet
			}
		}
		if s.has(workspaces) {
			s.Workspaces = rapid.SampledFrom([]workspacePair{oneWorkspace, oneWorkspace, oneWorkspace, sameIntegrator, anotherIntegrator}).Draw(t, "workspaces")
		}
		if !oneIn(6).Draw(t, "nothing yet") {
			s.Steps = []step{apply{}}
		}
		drawn := groups()
		if more := s.moreGroups(); len(more) > 0 {
			drawn = rapid.OneOf(drawn, rapid.OneOf(more...))
		}
		s.Steps = append(s.Steps, slices.Concat(rapid.SliceOfN(drawn, 1, 12).Draw(t, "steps")...)...)
		if len(kinds) > 0 { // what has happened is to converge
			s.Steps = append(s.Steps, apply{})
		}
		return s
	})
}

func flavors(kinds []kind) []flavor {
	all := []flavor{
		{DeferralAllowed: true},                   // Terraform 1.9 to 1.11
		{DeferralAllowed: true, Identities: true}, // Terraform 1.12 and later
		{Identities: true},                        // OpenTofu 1.12 and later
		{},                                        // Terraform 1.8, OpenTofu 1.8 to 1.11
	}
	if slices.Contains(kinds, forgotten) {
		all = append(all,
			flavor{Identities: true, Forgets: forgetsAll},                            // OpenTofu 1.12 and later
			flavor{DeferralAllowed: true, Identities: true, Forgets: forgetsTainted}, // Terraform 1.16 and later
		)
	}
	return all
}

func oneIn(n int) *rapid.Generator[bool] {
	return rapid.Map(rapid.IntRange(1, n), func(i int) bool { return i == n })
}

// groups are generated with weights: what occurs twice is likelier.
func groups() *rapid.Generator[[]step] {
	one := func(g *rapid.Generator[step]) *rapid.Generator[[]step] {
		return rapid.Map(g, func(s step) []step { return []step{s} })
	}
	return rapid.OneOf(
		one(applies()), one(applies()), one(applies()), one(applies()), one(applies()),
		one(edits()), one(edits()),
		one(events()), one(events()),
		one(commands()),
		rapid.Just([]step{setSecret{"live"}}), rapid.Just([]step{setSecret{"live"}}),
		between(commands(), events(), applies()),
		between(taints(), events(), applies()),
		plansAhead(),
		journeys(),
		skews(),
		crashes(), crashes(),
		imports(),
	)
}

func between(generators ...*rapid.Generator[step]) *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) (steps []step) {
		for _, g := range generators {
			steps = append(steps, g.Draw(t, "step"))
		}
		return steps
	})
}

// plansAhead saves a plan, lets things happen, and applies it.
func plansAhead() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		s := save{
			Rotate:    rapid.Bool().Draw(t, "rotate"),
			Replace:   oneIn(3).Draw(t, "replace"),
			NoRefresh: oneIn(6).Draw(t, "no refresh"),
			Unknown:   unknown(t),
		}
		if oneIn(8).Draw(t, "faults") {
			s.Gets = gets(t)
		}
		steps := []step{s}
		if rapid.Bool().Draw(t, "tainted") {
			steps = []step{taint{true}, s}
		}
		steps = append(steps, rapid.SliceOfN(events(), 0, 2).Draw(t, "meanwhile")...)
		var applied applySaved
		applied.Faults, applied.Interrupt, applied.Crash = mishaps(t)
		return append(steps, applied)
	})
}

// crashes kill a rotation that could succeed, and go on.
func crashes() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		killed := apply{
			Crash:        crash{Call: rapid.IntRange(1, 2).Draw(t, "call"), Unsaved: rapid.Bool().Draw(t, "unsaved")},
			Replace:      rapid.Bool().Draw(t, "replace"),
			DeposedFirst: rapid.Bool().Draw(t, "deposed first"),
		}
		killed.Rotate = !killed.Replace
		steps := []step{setSecret{"state's"}, killed}
		if rapid.Bool().Draw(t, "at once") {
			return append(steps, apply{Replace: killed.Replace, DeposedFirst: rapid.Bool().Draw(t, "deposed first")})
		}
		return append(steps, rapid.SliceOfN(rapid.OneOf(events(), applies(), commands()), 0, 2).Draw(t, "then")...)
	})
}

// imports adopt the live secret into a state without one.
func imports() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		steps := []step{rapid.SampledFrom([]step{forget{}, destroyed{}}).Draw(t, "end"), setSecret{"live"}, importSecret{}}
		return append(steps, rapid.SliceOfN(rapid.OneOf(events(), applies(), applies()), 0, 2).Draw(t, "then")...)
	})
}

// journeys point the provider elsewhere and back.
func journeys() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		steps := []step{moveTo{rapid.SampledFrom([]string{"elsewhere", "another key"}).Draw(t, "where")}}
		if rapid.Bool().Draw(t, "with the secret") {
			steps = append(steps, setSecret{"live"})
		}
		steps = append(steps, rapid.SliceOfN(rapid.OneOf(applies(), applies(), commands(), taints()), 1, 2).Draw(t, "there")...)
		return append(steps, moveTo{"home"}, setSecret{"first"})
	})
}

// skews set the clocks apart for some commands.
func skews() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		by := rapid.SampledFrom([]time.Duration{10 * time.Minute, -10 * time.Minute, 200 * time.Second, -200 * time.Second, 48 * time.Hour}).Draw(t, "by")
		steps := append([]step{skewed{by}}, rapid.SliceOfN(rapid.OneOf(applies(), applies(), commands(), edits()), 1, 3).Draw(t, "steps")...)
		return append(steps, skewed{0})
	})
}

func applies() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		s := apply{
			Rotate:        rapid.Bool().Draw(t, "rotate"),
			Replace:       oneIn(4).Draw(t, "replace"),
			NoRefresh:     oneIn(6).Draw(t, "no refresh"),
			DeposedFirst:  rapid.Bool().Draw(t, "deposed first"),
			Unknown:       unknown(t),
			UnknownSecret: oneIn(20).Draw(t, "unknown secret"),
		}
		s.Faults, s.Interrupt, s.Crash = mishaps(t)
		if s.Faults.Posts != nil && s.Interrupt == never && oneIn(20).Draw(t, "no answer") {
			s.Faults.Posts[0] = rapid.SampledFrom([]postFault{hangs, hangsAfter}).Draw(t, "hang")
		}
		return s
	})
}

// unknown are attributes that are known only at apply.
func unknown(t *rapid.T) []string {
	if !oneIn(6).Draw(t, "unknown") {
		return nil
	}
	return rapid.SampledFrom([][]string{
		{"rotate_when_changed.*"}, {"rotate_when_changed"}, {"rotate_after_days"}, {"old_secret_valid_for_seconds"},
		{"rotate_when_changed.*", "rotate_after_days", "old_secret_valid_for_seconds"},
	}).Draw(t, "unknown attributes")
}

// mishaps are rare enough that most commands succeed.
func mishaps(t *rapid.T) (f faults, i interrupt, c crash) {
	switch rapid.IntRange(0, 15).Draw(t, "mishap") {
	case 10, 11, 12:
		f.Posts = rapid.SliceOfN(postFaults(), 1, 4).Draw(t, "posts")
	case 13:
		f.Gets = gets(t)
	case 14:
		i = rapid.SampledFrom([]interrupt{beforeCall, atRotation, whileSent, whileWaiting}).Draw(t, "interrupt")
		if rapid.Bool().Draw(t, "and a fault") {
			f.Posts = []postFault{postFaults().Draw(t, "post")}
		}
	case 15:
		c = crash{Call: rapid.IntRange(1, 2).Draw(t, "call"), Unsaved: rapid.Bool().Draw(t, "unsaved")}
	}
	return f, i, c
}

func postFaults() *rapid.Generator[postFault] {
	return rapid.SampledFrom([]postFault{
		none, lostBefore, lostAfter, resetBefore, resetAfter, cutReply, errorBefore, errorAfter, gatewayAfter,
		invited, busyBefore, busyAfter, timeout504, late504, timeout408, late408, pageBefore, pageAfter, emptyAfter, limited, limitedLong, forbidden, bearer, redirect,
		unreadable, oddExpiry, noExpiry, earlyExpiry,
	})
}

func gets(t *rapid.T) []getFault {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) getFault {
		return getFault{
			Kind:  rapid.SampledFrom([]string{"500", "cut", "502", "429", "403", "short"}).Draw(t, "kind"),
			Times: rapid.SampledFrom([]int{1, 2, -1}).Draw(t, "times"),
		}
	}), 1, 2).Draw(t, "gets")
}

func edits() *rapid.Generator[step] {
	return rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{"1", "2", "3", "{}", ""}), func(to string) step { return setTrigger{to} }),
		rapid.Map(rapid.SampledFrom([]int{0, 2, 60, 300, 3600, -1}), func(seconds int) step { return setGrace{seconds} }),
		rapid.Map(rapid.SampledFrom([]int{1, 30, 0}), func(days int) step { return setDays{days} }),
		rapid.Map(rapid.Bool(), func(cbd bool) step { return setLifecycle{cbd} }),
	)
}

// events happen without anybody's doing anything to the configuration.
func events() *rapid.Generator[step] {
	return rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]time.Duration{time.Second, 30 * time.Second, 4 * time.Minute, 2 * time.Hour, 25 * time.Hour, 800 * time.Hour}), func(d time.Duration) step { return pass{d} }),
		rapid.Map(rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour}), func(grace time.Duration) step { return rotatedElsewhere{grace} }),
		rapid.Map(rapid.SampledFrom([]string{"live", "state's", "first", "previous", "wrong", "none"}), func(to string) step { return setSecret{to} }),
	)
}

func taints() *rapid.Generator[step] {
	return rapid.Map(oneIn(4), func(untaint bool) step { return taint{!untaint} })
}

func commands() *rapid.Generator[step] {
	return rapid.OneOf(
		rapid.Just[step](refreshOnly{}),
		rapid.Custom(func(t *rapid.T) step { return refreshOnly{Gets: gets(t)} }),
		rapid.Just[step](importSecret{}),
		rapid.Just[step](forget{}),
		rapid.Just[step](destroyed{}),
		taints(),
	)
}

// plainScenarios are those that a real Terraform can go through in real time:
// no clock is moved, nothing is killed, and few waits are provoked.
func plainScenarios() *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		return scenario{
			Flavor:              flavor{DeferralAllowed: true},
			Nets:                rapid.SampledFrom([][]net{{noNet}, {chosenNet}}).Draw(t, "nets"),
			SkipValidation:      oneIn(8).Draw(t, "skip_credentials_validation"),
			MaxRetries:          rapid.IntRange(0, 1).Draw(t, "max_retries"),
			DropOldest:          rapid.Bool().Draw(t, "drop oldest"),
			OldCannotRegenerate: rapid.Bool().Draw(t, "old cannot regenerate"),
			Grace:               rapid.SampledFrom([]int{3600, 0, -1}).Draw(t, "grace"),
			CreateBeforeDestroy: rapid.Bool().Draw(t, "create_before_destroy"),
			Steps:               append([]step{apply{}}, rapid.SliceOfN(plainSteps(), 5, 9).Draw(t, "steps")...),
		}
	})
}

func plainSteps() *rapid.Generator[step] {
	return rapid.OneOf(
		plainApplies(), plainApplies(), plainApplies(), plainApplies(), plainApplies(),
		edits(),
		rapid.Map(rapid.SampledFrom([]time.Duration{0, time.Hour}), func(grace time.Duration) step { return rotatedElsewhere{grace} }),
		rapid.Just[step](setSecret{"live"}), rapid.Just[step](setSecret{"live"}),
		taints(),
		rapid.Map(rapid.SampledFrom([]string{"home", "elsewhere", "another key"}), func(where string) step { return moveTo{where} }),
		rapid.Map(rapid.Bool(), func(replace bool) step { return save{Rotate: !replace, Replace: replace} }),
		rapid.SampledFrom([]step{applySaved{}, applySaved{}, refreshOnly{}, importSecret{}, forget{}, destroyed{}}),
	)
}

func plainApplies() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		s := apply{
			Rotate:    rapid.Bool().Draw(t, "rotate"),
			Replace:   oneIn(3).Draw(t, "replace"),
			NoRefresh: oneIn(6).Draw(t, "no refresh"),
		}
		if oneIn(4).Draw(t, "fault") {
			s.Faults.Posts = []postFault{rapid.SampledFrom([]postFault{
				lostAfter, errorBefore, gatewayAfter, late504, forbidden, limited, unreadable, oddExpiry, busyAfter, cutReply,
			}).Draw(t, "post")}
		}
		return s
	})
}
