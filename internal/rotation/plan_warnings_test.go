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

func TestPlanOfAnotherIntegrator(t *testing.T) {
	t.Parallel()
	key, endpoint := History{IntegratorKey: "int_2", Endpoint: ourEndpoint}, History{IntegratorKey: ourKey, Endpoint: "https://sandbox.example"}
	for name, owner := range map[string]History{"key": key, "endpoint": endpoint} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			due := Arguments{Days: Days{N: 9}}
			s := f.holding("s1")
			s.Held.IntegratorKey, s.History = owner.IntegratorKey, owner
			refused := func(what string, planned Planned) {
				t.Helper()
				equal(t, what, kinds(planned.Events), []Kind{RotationOfAnother})
				same(t, "owner", event(planned.Events, RotationOfAnother).Owner, owner)
			}
			refused("in place", f.process().Plan(t.Context(), &s.Object, due, graceSet, s.Memory))
			refused("replacement", f.process().Plan(t.Context(), nil, due, graceSet, s.Memory))
			tainted := f.process()
			tainted.Refresh(t.Context(), s.Object, s.Memory)
			refused("tainted", tainted.Plan(t.Context(), nil, due, graceSet, Memory{}))
			loaded := f.process() // with -refresh=false
			raw := s.Held
			raw.Endpoint = owner.Endpoint
			loaded.Load(raw)
			planned := loaded.Plan(t.Context(), nil, due, graceSet, Memory{})
			equal(t, "tainted and not refreshed", kinds(planned.Events), []Kind{StateOfAnother, APICalled})
			same(t, "owner", planned.Events[0].Owner, History{IntegratorKey: owner.IntegratorKey, Endpoint: owner.Endpoint})
			loaded.Plan(t.Context(), &s.Object, s.Arguments, graceSet, s.Memory) // it is not tainted
			equal(t, "events after that", kinds(loaded.Plan(t.Context(), nil, due, graceSet, Memory{}).Events), []Kind{CreationPlanned, APICalled})
			f.api.probed = nil
			equal(t, "probed", f.api.probed, nil)

			planned = tainted.Plan(t.Context(), &s.Object, s.Arguments, graceSet, s.Memory)
			equal(t, "events of a plan that keeps it", kinds(planned.Events), nil)
			planned = tainted.Plan(t.Context(), nil, due, graceSet, Memory{})
			equal(t, "events of a creation beside one that is not tainted", kinds(planned.Events), []Kind{CreationPlanned, APICalled})
			planned = f.process(unconfigured).Plan(t.Context(), &s.Object, due, graceSet, s.Memory)
			equal(t, "events while the settings are unknown", kinds(planned.Events), nil)
		})
	}
}

// The integrator and the endpoint are compared while the secret is unknown.
func TestPlanOfAnotherWithoutASecret(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	elsewhere := func(c *Config) {
		unconfigured(c)
		c.IntegratorKey, c.Endpoint = ourKey, "https://sandbox.example"
	}
	due := Arguments{Days: Days{N: 9}}
	planned := f.process(elsewhere).Plan(t.Context(), &s.Object, due, graceSet, s.Memory)
	equal(t, "events in place", kinds(planned.Events), []Kind{RotationOfAnother})
	planned = f.process(elsewhere).Plan(t.Context(), nil, due, graceSet, s.Memory)
	equal(t, "events of a replacement", kinds(planned.Events), []Kind{RotationOfAnother})
	tainted := f.process(elsewhere)
	equal(t, "events of a refresh", kinds(tainted.Refresh(t.Context(), s.Object, s.Memory).Events), []Kind{StateOfAnother})
	planned = tainted.Plan(t.Context(), nil, due, graceSet, Memory{})
	equal(t, "events of a tainted one", kinds(planned.Events), []Kind{RotationOfAnother})
}

// To replace what is not known to be the provider's own would be a risk.
func TestPlanOfAReplacementWithoutEndpoint(t *testing.T) {
	t.Parallel()
	f := newFixture()
	planned := f.process().Plan(t.Context(), nil, Arguments{}, graceSet, Memory{History: History{IntegratorKey: ourKey}})
	equal(t, "events", kinds(planned.Events), []Kind{RotationOfAnother})
}

// Only a plan that may create the resource warns of the secret in use as of one that
// may be kept.
func TestPlanWarnsOfACreation(t *testing.T) {
	t.Parallel()
	decided(t, []string{"nothing object replaced read loaded another's", "plan apply", "set left-out"},
		[]rule[string]{
			{"any apply any", "nothing"},
			{"nothing plan any", "creation"},
			{"object|replaced|read|loaded|another's plan set", "nothing"},
			{"object|replaced|read|loaded|another's plan left-out", "grace period"},
		},
		func(c []string) string {
			f := newFixture()
			s := f.holding("s1")
			process := f.process()
			if c[1] == "apply" {
				process = f.process(applying)
			}
			var prior *Object
			var memory Memory
			switch c[0] {
			case "object":
				prior, memory = &s.Object, s.Memory
			case "replaced":
				memory = s.Memory
			case "read": // tainted, or deposed
				process.Refresh(t.Context(), s.Object, s.Memory)
			case "loaded": // likewise, with -refresh=false
				process.Load(s.Held)
			case "another's":
				s.Held.IntegratorKey = "int_2"
				process.Load(s.Held)
			}
			planned := process.Plan(t.Context(), prior, Arguments{Days: Days{N: 9}}, c[2] == "set", memory)
			warned := kinds(planned.Events)
			creation, grace := slices.Contains(warned, CreationPlanned), slices.Contains(warned, GraceNotSet)
			switch {
			case creation && grace:
				return "both"
			case creation:
				return "creation"
			case grace:
				return "grace period"
			}
			return "nothing"
		})
}

func TestPlanOfACreationSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	f := newFixture()
	arguments := Arguments{GracePeriod: time.Hour}
	plan := func(changes ...func(*Config)) Event {
		t.Helper()
		return event(f.process(changes...).Plan(t.Context(), nil, arguments, graceSet, Memory{}).Events, CreationPlanned)
	}
	want := Event{Kind: CreationPlanned, Owner: History{IntegratorKey: ourKey, Endpoint: ourEndpoint}, Planned: arguments, GraceSet: true}
	same(t, "event", plan(), want)
	same(t, "while the settings are unknown", plan(unconfigured).Owner, History{})

	entry := f.made("s2", "s1")
	entry.Created = true
	f.store.found = []recovery.Found{entry}
	want.MayResume = true
	same(t, "with what an interrupted run has left", plan(), want)
	same(t, "with what cannot be opened", plan(configured("s3")).MayResume, false)
	f.store.found[0].Created = false
	same(t, "with what another rotation has left", plan().MayResume, false)
}

func TestPlanWarnsOfTheGracePeriod(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	rotate, open := Arguments{Days: Days{N: 9}}, Arguments{Days: Days{Unknown: true}}
	for _, c := range []struct {
		arguments Arguments
		graceSet  bool
		expires   time.Duration
		kinds     []Kind
	}{
		{s.Arguments, false, time.Hour, nil},
		{rotate, true, 0, []Kind{APICalled}},
		{rotate, false, 0, []Kind{GraceNotSet, APICalled}},
		{rotate, true, time.Second, []Kind{OlderSecretMayEnd, APICalled}},
		{rotate, false, time.Second, []Kind{GraceNotSet, OlderSecretMayEnd, APICalled}},
		{open, true, 0, nil},
		{open, false, time.Second, []Kind{GraceNotSet, OlderSecretMayEnd}},
	} {
		s.Held.OldSecretExpiresAt = f.now.Add(c.expires)
		planned := f.process().Plan(t.Context(), &s.Object, c.arguments, c.graceSet, s.Memory)
		equal(t, "events", kinds(planned.Events), c.kinds)
		if c.expires > 0 && c.kinds != nil {
			same(t, "the end", event(planned.Events, OlderSecretMayEnd).At, s.Held.OldSecretExpiresAt)
		}
	}
}

func TestPlanDestroy(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Replacing, s.Unwarned, s.AdoptionDue = true, true, fingerprint("s2")
	want := s.Memory
	want.Replacing, want.Unwarned = false, false

	f.store.found = []recovery.Found{f.made("s1")}
	planned := f.process().PlanDestroy(s.Object, s.Memory)
	same(t, "memory", planned.Memory, want)
	equal(t, "events", kinds(planned.Events), []Kind{SecretStaysValid})
	equal(t, "the folder", f.store.holds(), nil)
	equal(t, "events of an apply", kinds(f.process(applying).PlanDestroy(s.Object, s.Memory).Events), nil)

	newer := f.process()
	current := f.holding("s2")
	current.Held.Version++
	newer.Refresh(t.Context(), current.Object, current.Memory)
	equal(t, "events of the end of a replacement", kinds(newer.PlanDestroy(s.Object, s.Memory).Events), nil)

	f.store.read = []error{errors.New("damaged")}
	s.Held.IntegratorKey = "int_2"
	equal(t, "events of another's", kinds(f.process().PlanDestroy(s.Object, s.Memory).Events), []Kind{SecretStaysValid})
}

func TestCheckImport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key    string
		answer error
		config []func(*Config)
		want   []Event
	}{
		"accepted":  {ourKey, nil, nil, nil},
		"refused":   {ourKey, apisecret.ErrRefused, nil, []Event{{Kind: ImportUnchecked, Err: apisecret.ErrRefused}}},
		"unknown":   {ourKey, errUnreachable, nil, []Event{{Kind: ImportUnchecked, Err: errUnreachable}}},
		"unchecked": {ourKey, apisecret.ErrRefused, []func(*Config){skipValidation}, nil},
		"another":   {"int_2", nil, []func(*Config){skipValidation}, []Event{{Kind: ImportOfAnother, Key: "int_2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers["s1"] = c.answer
			equal(t, "events", f.process(c.config...).CheckImport(t.Context(), c.key), c.want)
		})
	}
}
