// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// graceSet is the argument of Plan.
const graceSet = true

func TestPlanOfAnObject(t *testing.T) {
	t.Parallel()
	anotherOne := Triggers{Values: map[string]string{"a": `"2"`}}
	for name, c := range map[string]struct {
		change func(*state, *Arguments)
		action Action
		kinds  []Kind
	}{
		"nothing has changed":        {func(*state, *Arguments) {}, Keep, nil},
		"the grace period":           {func(_ *state, a *Arguments) { a.GracePeriod = time.Hour }, Keep, nil},
		"a trigger":                  {func(_ *state, a *Arguments) { a.Triggers = anotherOne }, Rotate, []Kind{APICalled}},
		"the days are over":          {func(s *state, _ *Arguments) { s.RotationDue = true }, Rotate, []Kind{APICalled}},
		"fewer days":                 {func(_ *state, a *Arguments) { a.Days.N = 10 }, Rotate, []Kind{APICalled}},
		"days that are not over":     {func(_ *state, a *Arguments) { a.Days.N = 11 }, Keep, nil},
		"unknown days":               {func(_ *state, a *Arguments) { a.Days = Days{Unknown: true} }, LeaveOpen, nil},
		"an adoption is due":         {func(s *state, _ *Arguments) { s.AdoptionDue = fingerprint("s2") }, Adopt, nil},
		"recipients":                 {func(_ *state, a *Arguments) { a.Recipients.Keys = []string{"alice"} }, Encrypt, []Kind{OlderStatesInPlaintext}},
		"unknown recipients":         {func(_ *state, a *Arguments) { a.Recipients.Unknown = true }, Keep, []Kind{OlderStatesInPlaintext}},
		"recipients with a rotation": {func(_ *state, a *Arguments) { a.Triggers, a.Recipients.Keys = anotherOne, []string{"alice"} }, Rotate, []Kind{APICalled}},
		"the same recipients":        {func(s *state, a *Arguments) { *s = s.encryptedFor("alice"); a.Recipients = s.Arguments.Recipients }, Keep, nil},
		"other recipients":           {func(s *state, a *Arguments) { *s = s.encryptedFor("bob"); a.Recipients.Keys = []string{"alice"} }, Keep, []Kind{RecipientsCountLater}},
		"no recipients any more":     {func(s *state, _ *Arguments) { *s = s.encryptedFor("bob") }, Keep, []Kind{RecipientsCountLater}},
		"a new secret in plaintext":  {func(s *state, a *Arguments) { *s = s.encryptedFor("bob"); a.Triggers = anotherOne }, Rotate, []Kind{PlaintextPlanned, APICalled}},
		"an adoption in plaintext":   {func(s *state, _ *Arguments) { *s = s.encryptedFor("bob"); s.AdoptionDue = fingerprint("s2") }, Adopt, []Kind{PlaintextPlanned}},
		"unknown recipients of a new secret": {func(s *state, a *Arguments) {
			*s = s.encryptedFor("bob")
			a.Triggers, a.Recipients.Unknown = anotherOne, true
		}, Rotate, []Kind{APICalled}},
		"recipients of a new secret": {func(s *state, a *Arguments) {
			*s = s.encryptedFor("bob")
			a.Triggers, a.Recipients.Keys = anotherOne, []string{"alice"}
		}, Rotate, []Kind{APICalled}},
		"another integrator's secret": {func(s *state, _ *Arguments) { s.Held.IntegratorKey, s.AdoptionDue = "int_2", fingerprint("s1") }, Keep, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			s := f.holding("s1")
			s.Arguments.Triggers = Triggers{Values: map[string]string{"a": `"1"`}}
			s.Arguments.Days.N = 30
			arguments := s.Arguments
			c.change(&s, &arguments)
			planned := f.process().Plan(t.Context(), &s.Object, arguments, graceSet, s.Memory)
			same(t, "action", planned.Action, c.action)
			want := s.Memory
			want.Planned = c.action
			same(t, "memory", planned.Memory, want)
			equal(t, "events", kinds(planned.Events), c.kinds)
			equal(t, "sent", f.api.posts, nil)

			again := f.process(applying).Plan(t.Context(), &s.Object, arguments, graceSet, s.Memory)
			same(t, "action when asked again", again.Action, c.action)
			same(t, "memory when asked again", again.Memory, want)
			equal(t, "events when asked again", kinds(again.Events), nil)
		})
	}
}

// occasions are the plans of a rotation: each has a process that has seen what
// Terraform shows it before, the object and the memory of the plan.
func occasions(f *fixture) map[string]func(*testing.T, *Rotator) (*Object, Memory) {
	s := f.holding("s1")
	return map[string]func(*testing.T, *Rotator) (*Object, Memory){
		"in place": func(*testing.T, *Rotator) (*Object, Memory) {
			s.RotationDue, s.Arguments.Days.N = true, 9
			return &s.Object, s.Memory
		},
		"creation":    func(*testing.T, *Rotator) (*Object, Memory) { return nil, Memory{} },
		"replacement": func(*testing.T, *Rotator) (*Object, Memory) { return nil, s.Memory },
		"tainted": func(t *testing.T, process *Rotator) (*Object, Memory) {
			process.Refresh(t.Context(), s.Object, s.Memory)
			return nil, Memory{}
		},
	}
}

// checks are the kinds of the events but for the warning of a creation, which
// TestPlanWarnsOfACreation is about.
func checks(events []Event) []Kind {
	return slices.DeleteFunc(kinds(events), func(k Kind) bool { return k == CreationPlanned })
}

func TestPlanChecksTheRotation(t *testing.T) {
	t.Parallel()
	mayFail, mayNot := map[string]bool{"in place": true, "replacement": true}, map[string]bool{"creation": true, "tainted": true}
	for name, c := range map[string]struct {
		answer error
		among  map[string]bool // the occasions that it is about
		config []func(*Config)
		kind   Kind // APICalled for nothing to be said
	}{
		"accepted":              {nil, nil, nil, APICalled},
		"refused":               {apisecret.ErrRefused, mayFail, nil, RotationUnsigned},
		"refused on creation":   {apisecret.ErrRefused, mayNot, nil, CreationUnsigned},
		"unknown":               {errUnreachable, mayFail, nil, APICalled},
		"unknown on creation":   {errUnreachable, mayNot, nil, CreationUnchecked},
		"forbidden":             {apisecret.ErrForbidden, mayFail, nil, APICalled},
		"forbidden on creation": {apisecret.ErrForbidden, mayNot, nil, CreationUnchecked},
	} {
		for occasion := range occasions(newFixture()) {
			if c.among != nil && !c.among[occasion] {
				continue
			}
			t.Run(name+"/"+occasion, func(t *testing.T) {
				t.Parallel()
				f := newFixture()
				f.api.answers["s1"] = c.answer
				process := f.process()
				prior, memory := occasions(f)[occasion](t, process)
				arguments := Arguments{Days: Days{N: 9}}
				planned := process.Plan(t.Context(), prior, arguments, graceSet, memory)
				same(t, "action", planned.Action, Rotate)
				want := []Kind{APICalled}
				if c.kind != APICalled {
					want = append(want, c.kind)
					same(t, "what the API said", event(planned.Events, c.kind).Err, c.answer)
				}
				equal(t, "events", checks(planned.Events), want)
				equal(t, "probed", f.api.probed, []string{"s1"})
				same(t, "replacing", planned.Memory.Replacing, occasion != "in place")
				same(t, "unwarned", planned.Memory.Unwarned, occasion == "replacement")
				same(t, "a history is carried along", planned.Memory.Known(), occasion != "creation")

				for what, change := range map[string]func(*Config){"applying": applying, "unchecked": skipValidation, "settings unknown": unconfigured} {
					f.api.probed = nil
					process := f.process(change)
					prior, memory := occasions(f)[occasion](t, process)
					f.api.probed = nil // by the refresh of the tainted one
					planned := process.Plan(t.Context(), prior, arguments, graceSet, memory)
					same(t, "action when "+what, planned.Action, Rotate)
					equal(t, "events when "+what, checks(planned.Events), nil)
					equal(t, "probed when "+what, f.api.probed, nil)
				}
			})
		}
	}
}

// A secret that is not accepted is no reason to give up before all were asked.
func TestPlanAsksForASecretThatCanSign(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1").encryptedFor("alice")
	f.store.found = []recovery.Found{forAlice(f.made("s2", "s1"), "s2")}
	sealed := []SealedCopy{{Path: "file-of-" + fingerprint("s2")}}
	due := Arguments{Days: Days{N: 9}, Recipients: Recipients{Keys: []string{"alice"}}}
	for _, c := range []struct {
		answers       map[string]error
		config        []func(*Config)
		kinds         []Kind
		probed        []string
		undecryptable Undecryptable
	}{
		{nothingAccepted, []func(*Config){configured("s3")}, []Kind{APICalled, RotationUnsigned}, []string{"s3"}, Undecryptable{InState: true, Recovered: sealed}},
		{nothingAccepted, []func(*Config){configured("s3"), withKey("alice")}, []Kind{APICalled, RotationUnsigned}, []string{"s1", "s2", "s3"}, Undecryptable{}},
		{accepted("s2"), []func(*Config){configured("s3"), withKey("alice")}, []Kind{APICalled}, []string{"s1", "s2"}, Undecryptable{}},
		{map[string]error{"s1": errUnreachable}, []func(*Config){configured("s3"), withKey("alice")}, []Kind{APICalled}, []string{"s1"}, Undecryptable{}},
	} {
		f.api.answers, f.api.probed = c.answers, nil
		planned := f.process(c.config...).Plan(t.Context(), &s.Object, due, graceSet, s.Memory)
		equal(t, "events", kinds(planned.Events), c.kinds)
		equal(t, "probed", f.api.probed, c.probed)
		same(t, "undecryptable", event(planned.Events, RotationUnsigned).Undecryptable, c.undecryptable)
	}
	f.api.answers, f.store.read = accepted("s1"), []error{errors.New("damaged")}
	planned := f.process().Plan(t.Context(), nil, due, graceSet, Memory{})
	equal(t, "events with a damaged file", kinds(planned.Events), []Kind{RecoveryUnread, CreationPlanned, APICalled})
}
