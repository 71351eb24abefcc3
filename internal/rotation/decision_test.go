// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"strconv"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	dues := map[string]Due{"notDue": NotDue, "due": IsDue, "unknown": DueUnknown}
	decided(t, []string{"created exists", "changed same", "notDue due unknown", "adoption none", "plaintext encrypted", "recipients none"},
		[]rule[Action]{
			{"created any     any     any      any       any", Rotate},
			{"exists  changed any     any      any       any", Rotate},
			{"exists  same    unknown any      any       any", LeaveOpen},
			{"exists  same    due     any      any       any", Rotate},
			{"exists  same    notDue  adoption any       any", Adopt},
			{"exists  same    notDue  none     plaintext recipients", Encrypt},
			{"exists  same    notDue  none     plaintext none", Keep},
			{"exists  same    notDue  none     encrypted any", Keep},
		},
		func(c []string) Action {
			return Decide(Question{
				Created:         c[0] == "created",
				TriggersChanged: c[1] == "changed",
				Rotation:        dues[c[2]],
				AdoptionDue:     c[3] == "adoption",
				Plaintext:       c[4] == "plaintext",
				Recipients:      c[5] == "recipients",
			})
		})
}

func TestNewSecret(t *testing.T) {
	t.Parallel()
	for action, want := range map[Action]bool{Keep: false, Encrypt: false, Rotate: true, Adopt: true, LeaveOpen: true} {
		same(t, "a new secret from "+string(action), action.NewSecret(), want)
	}
}

// The ages are those of a secret, in days. What a refresh has found counts for the
// days in state only, and what it would find for others is worked out.
func TestDue(t *testing.T) {
	t.Parallel()
	now := newFixture().now
	days := map[string]Days{"none": {}, "10": {N: 10}, "30": {N: 30}, "unknown": {Unknown: true}}
	within := map[string]time.Duration{"apply": 0, "plan": 24 * time.Hour}
	decided(t, []string{"none 10 30", "none 10 30 unknown", "imported 5 9 9.5 10 29.5 30 40", "found notFound", "plan apply"},
		[]rule[Due]{
			{"any     none    any                   any      any", NotDue},
			{"any     unknown any                   any      any", DueUnknown},
			{"10      10      any                   found    any", IsDue},
			{"10      10      any                   notFound any", NotDue},
			{"30      30      any                   found    any", IsDue},
			{"30      30      any                   notFound any", NotDue},
			{"none|30 10      imported|5|9          any      any", NotDue},
			{"none|30 10      9.5                   any      plan", DueUnknown},
			{"none|30 10      9.5                   any      apply", NotDue},
			{"none|30 10      10|29.5|30|40         any      any", IsDue},
			{"none|10 30      imported|5|9|9.5|10   any      any", NotDue},
			{"none|10 30      29.5                  any      plan", DueUnknown},
			{"none|10 30      29.5                  any      apply", NotDue},
			{"none|10 30      30|40                 any      any", IsDue},
		},
		func(c []string) Due {
			prior := Object{Arguments: Arguments{Days: days[c[0]]}}
			if age, err := strconv.ParseFloat(c[2], 64); err == nil {
				prior.Held.Fingerprint = fingerprint("s1")
				prior.Held.RotatedAt = now.Add(-time.Duration(age * 24 * float64(time.Hour)))
			}
			return due(prior, days[c[1]], c[3] == "found", now, within[c[4]])
		})
}

func TestTriggersChanged(t *testing.T) {
	t.Parallel()
	triggers := map[string]Triggers{
		"null":         {},
		"empty":        {Values: map[string]string{}},
		"one":          {Values: map[string]string{"a": `"1"`}},
		"other":        {Values: map[string]string{"a": `"2"`}},
		"renamed":      {Values: map[string]string{"b": `"1"`}},
		"more":         {Values: map[string]string{"a": `"1"`, "b": `"1"`}},
		"valueUnknown": {Values: map[string]string{"a": "<unknown>"}},
		"unknown":      {Unknown: true},
	}
	decided(t, []string{"null empty one more", "null empty one other renamed more valueUnknown unknown"},
		[]rule[bool]{
			{"null|empty any", false},
			{"one|more   null|empty", false},
			{"one        one", false},
			{"one        other|renamed|more|valueUnknown|unknown", true},
			{"more       more", false},
			{"more       one|other|renamed|valueUnknown|unknown", true},
		},
		func(c []string) bool { return triggers[c[0]].changed(triggers[c[1]]) })
}

func TestOccasion(t *testing.T) {
	t.Parallel()
	known := History{IntegratorKey: ourKey}
	seen := map[string]Seen{
		"nothing":   {},
		"state":     Seen{}.withState(&stateSecret{Held: Held{Fingerprint: "f"}, history: known}),
		"noHistory": Seen{}.withState(&stateSecret{Held: Held{Fingerprint: "f"}}),
	}
	decided(t, []string{"object none", "memory none", "nothing state noHistory"},
		[]rule[Occasion]{
			{"object any    any", InPlace},
			{"none   memory any", Replacement},
			{"none   none   state", TaintedReplacement},
			{"none   none   nothing|noHistory", Creation},
		},
		func(c []string) Occasion {
			var prior *Object
			if c[0] == "object" {
				prior = &Object{}
			}
			memory := Memory{}
			if c[1] == "memory" {
				memory.History = known
			}
			return occasionOf(prior, memory, seen[c[2]])
		})
	for occasion, want := range map[Occasion]bool{InPlace: true, Replacement: true, Creation: false, TaintedReplacement: false} {
		same(t, "whether the plan may fail", occasion.mayFail(), want)
	}
}

func TestTriggersFingerprint(t *testing.T) {
	t.Parallel()
	one := Triggers{Values: map[string]string{"a": `"1"`}}
	same(t, "of no map and of an empty one", Triggers{}.fingerprint(), Triggers{Values: map[string]string{}}.fingerprint())
	for _, other := range []Triggers{{}, {Values: map[string]string{"a": `"2"`}}, {Values: map[string]string{"b": `"1"`}}} {
		same(t, "of other values", other.fingerprint() == one.fingerprint(), false)
	}
}

func TestRotateAt(t *testing.T) {
	t.Parallel()
	made := newFixture().now.UTC()
	held := Held{Fingerprint: "f", RotatedAt: made, Version: made.Unix() + 99}
	adopted := Held{Fingerprint: "f", Version: made.Unix()}
	for name, c := range map[string]struct {
		held Held
		days Days
		want time.Time
	}{
		"counts from when it was made":         {held, Days{N: 30}, made.AddDate(0, 0, 30)},
		"counts from when it was adopted":      {adopted, Days{N: 30}, made.AddDate(0, 0, 30)},
		"never without days":                   {held, Days{}, time.Time{}},
		"not known while the days are unknown": {held, Days{Unknown: true}, time.Time{}},
		"never for an import":                  {Held{}, Days{N: 30}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same(t, "the time", c.held.RotateAt(c.days), c.want)
		})
	}
}
