// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"time"

	"pgregory.net/rapid"
)

// scenarios generates them, the simplest first.
func scenarios() *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		return scenario{
			Flavor: rapid.SampledFrom([]flavor{
				{DeferralAllowed: true},                   // Terraform 1.8 to 1.11
				{DeferralAllowed: true, Identities: true}, // Terraform 1.12 and later
				{Identities: true},                        // OpenTofu 1.12 and later
			}).Draw(t, "flavor"),
			RecoveryDir:         rapid.Bool().Draw(t, "recovery_dir"),
			SkipValidation:      oneIn(8).Draw(t, "skip_credentials_validation"),
			MaxRetries:          rapid.SampledFrom([]int{4, 0, 1}).Draw(t, "max_retries"),
			DropOldest:          rapid.Bool().Draw(t, "drop oldest"),
			OldCannotRegenerate: rapid.Bool().Draw(t, "old cannot regenerate"),
			Steps:               rapid.SliceOfN(steps(), 1, 20).Draw(t, "steps"),
		}
	})
}

func oneIn(n int) *rapid.Generator[bool] {
	return rapid.Map(rapid.IntRange(1, n), func(i int) bool { return i == n })
}

// steps are generated with weights: what occurs twice is likelier.
func steps() *rapid.Generator[step] {
	return rapid.OneOf(
		applies(), applies(), applies(), applies(), applies(), applies(),
		edits(), edits(), edits(), edits(),
		circumstances(), circumstances(), circumstances(),
		others(), others(),
	)
}

func applies() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		s := apply{
			Replace:      oneIn(4).Draw(t, "replace"),
			NoRefresh:    oneIn(6).Draw(t, "no refresh"),
			DeposedFirst: rapid.Bool().Draw(t, "deposed first"),
		}
		if oneIn(6).Draw(t, "unknown") {
			s.Unknown = rapid.SampledFrom([][]string{
				{"rotate_when_changed.*"}, {"rotate_when_changed"}, {"rotate_after_days"}, {"old_secret_valid_for_seconds"},
				{"rotate_when_changed.*", "rotate_after_days", "old_secret_valid_for_seconds"},
			}).Draw(t, "unknown attributes")
		}
		s.UnknownSecret = oneIn(20).Draw(t, "unknown secret")
		s.Faults, s.Interrupt, s.Crash = mishaps(t)
		return s
	})
}

// mishaps are rare enough that most commands succeed.
func mishaps(t *rapid.T) (f faults, i interrupt, c crash) {
	switch rapid.IntRange(0, 11).Draw(t, "mishap") {
	case 6, 7, 8:
		f.Posts = rapid.SliceOfN(postFaults(), 1, 5).Draw(t, "posts")
	case 9:
		f.Gets = gets(t)
	case 10:
		i = rapid.SampledFrom([]interrupt{beforeCall, atRotation, whileSent, whileWaiting}).Draw(t, "interrupt")
		if rapid.Bool().Draw(t, "and a fault") {
			f.Posts = []postFault{postFaults().Draw(t, "post")}
		}
	case 11:
		c = crash{Call: rapid.IntRange(1, 2).Draw(t, "call"), Unsaved: rapid.Bool().Draw(t, "unsaved")}
	}
	return f, i, c
}

func postFaults() *rapid.Generator[postFault] {
	return rapid.SampledFrom([]postFault{
		none, lostBefore, lostAfter, resetBefore, resetAfter, cutReply, errorBefore, errorAfter, gatewayAfter,
		invited, busyBefore, busyAfter, timeout504, late504, limited, limitedLong, forbidden, bearer, redirect,
		unreadable, oddExpiry, noExpiry,
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
		rapid.Map(rapid.SampledFrom([]string{"1", "2", "3"}), func(to string) step { return setTrigger{to} }),
		rapid.Map(rapid.SampledFrom([]int{0, 2, 60, 300, 3600, -1}), func(seconds int) step { return setGrace{seconds} }),
		rapid.Map(rapid.SampledFrom([]int{1, 30, 0}), func(days int) step { return setDays{days} }),
		rapid.Map(rapid.Bool(), func(cbd bool) step { return setLifecycle{cbd} }),
		rapid.Map(rapid.SampledFrom([]string{"live", "state's", "first", "previous", "wrong"}), func(to string) step { return setSecret{to} }),
	)
}

func circumstances() *rapid.Generator[step] {
	return rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]time.Duration{time.Second, 30 * time.Second, 4 * time.Minute, 2 * time.Hour, 25 * time.Hour, 800 * time.Hour}), func(d time.Duration) step { return pass{d} }),
		rapid.Map(rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour}), func(grace time.Duration) step { return rotatedElsewhere{grace} }),
		rapid.Map(rapid.SampledFrom([]time.Duration{0, 200 * time.Second, -200 * time.Second, 10 * time.Minute, -10 * time.Minute, 48 * time.Hour}), func(d time.Duration) step { return skewed{d} }),
		rapid.Map(rapid.Bool(), func(tainted bool) step { return taint{!tainted} }),
		rapid.Map(rapid.SampledFrom([]string{"home", "home", "elsewhere", "another key"}), func(where string) step { return moveTo{where} }),
	)
}

func others() *rapid.Generator[step] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) step {
			s := save{Replace: oneIn(3).Draw(t, "replace"), NoRefresh: oneIn(6).Draw(t, "no refresh")}
			if oneIn(8).Draw(t, "faults") {
				s.Gets = gets(t)
			}
			return s
		}),
		rapid.Custom(func(t *rapid.T) step {
			var s applySaved
			s.Faults, s.Interrupt, s.Crash = mishaps(t)
			return s
		}),
		rapid.Custom(func(t *rapid.T) step {
			var s refreshOnly
			if oneIn(6).Draw(t, "faults") {
				s.Gets = gets(t)
			}
			return s
		}),
		rapid.Just[step](importSecret{}),
		rapid.Just[step](forget{}),
		rapid.Just[step](destroyed{}),
	)
}
