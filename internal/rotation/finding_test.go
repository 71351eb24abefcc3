// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"errors"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

func TestRefreshSaysWhatTheAPISaid(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	f.api.answers = map[string]error{"s1": errUnreachable}
	found := f.process().Refresh(t.Context(), s.Object, s.Memory)
	same(t, "not checked", event(found.Events, NotChecked).Err, errUnreachable)

	f.api.answers = map[string]error{"s2": errUnreachable}
	found = f.process(configured("s2")).Refresh(t.Context(), s.Object, s.Memory)
	same(t, "the other is not checked", event(found.Events, NotChecked).Err, errUnreachable)

	f.api.answers = nothingAccepted
	for _, c := range []struct {
		state          state
		configured     string
		onlySuperseded bool
		refusal        bool
	}{
		{s, "s1", true, true},
		{s, "s2", false, true},
		{imported(), "s1", false, false},
	} {
		found = f.process(configured(c.configured)).Refresh(t.Context(), c.state.Object, c.state.Memory)
		refusal := event(found.Events, AllRefused)
		same(t, "only superseded ones are known", refusal.OnlySuperseded, c.onlySuperseded)
		same(t, "says what the API said of the secret in state", errors.Is(refusal.Err, apisecret.ErrRefused), c.refusal)
	}
}

func TestRefreshOfAnotherIntegrator(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.read = []error{errUnreachable}
	key, endpoint := f.holding("s1"), f.holding("s1")
	key.Held.IntegratorKey = "int_2"
	endpoint.Endpoint = "https://sandbox.example"
	for _, s := range []state{key, endpoint} {
		s.AdoptionDue = fingerprint("s2")
		found := f.process().Refresh(t.Context(), s.Object, s.Memory)
		same(t, "memory", found.Memory, s.Memory)
		equal(t, "events", kinds(found.Events), []Kind{StateOfAnother})
		same(t, "owner", found.Events[0].Owner, History{IntegratorKey: s.Held.IntegratorKey, Endpoint: s.Endpoint})
	}
	equal(t, "probed", f.api.probed, nil)

	elsewhere := f.holding("s1")
	elsewhere.Held.Endpoint, elsewhere.Memory = "https://sandbox.example", Memory{}
	found := f.process().Refresh(t.Context(), elsewhere.Object, elsewhere.Memory)
	equal(t, "events of another endpoint's without a memory", kinds(found.Events), []Kind{StateOfAnother})
	same(t, "owner", found.Events[0].Owner, History{IntegratorKey: ourKey, Endpoint: "https://sandbox.example"})

	upgraded := f.holding("s1")
	upgraded.Held.Endpoint, upgraded.Memory = "", Memory{} // nothing is known of its endpoint
	found = f.process(noStore).Refresh(t.Context(), upgraded.Object, upgraded.Memory)
	equal(t, "events of a state without a memory", kinds(found.Events), []Kind{APICalled})
}

func TestRefreshFindsThatARotationIsDue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		days Days
		want bool
	}{
		"without days":        {Days{}, false},
		"younger":             {Days{N: 11}, false},
		"just as old":         {Days{N: 10}, true},
		"older":               {Days{N: 9}, true},
		"unknown, by mistake": {Days{Unknown: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			s := f.holding("s1")
			s.Arguments.Days = c.days
			for _, before := range []bool{true, false} {
				s.RotationDue = before
				for _, process := range []*Rotator{f.process(), f.process(unconfigured), f.process(skipValidation)} {
					same(t, "due", process.Refresh(t.Context(), s.Object, s.Memory).Memory.RotationDue, c.want)
				}
			}
		})
	}
}

func TestRefreshClearsTheFolder(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Superseded = fingerprints("s0")
	f.store.found, f.store.write = []recovery.Found{f.made("s2"), f.made("s1"), f.made("s0")}, errors.New("the disk is read-only")
	found := f.process().Refresh(t.Context(), s.Object, s.Memory)
	equal(t, "events", kinds(found.Events), []Kind{RecoveryUnwritten, RecoveryUnwritten, APICalled})
	same(t, "what the disk said", found.Events[0].Err, f.store.write)

	f.store.write = nil
	f.process().Refresh(t.Context(), s.Object, s.Memory)
	equal(t, "what is neither in state nor older", f.store.holds(), fingerprints("s2"))

	f.store.found, f.store.read = nil, []error{errors.New("damaged"), errors.New("a pipe")}
	found = f.process().Refresh(t.Context(), s.Object, s.Memory)
	equal(t, "events", kinds(found.Events), []Kind{RecoveryUnread, RecoveryUnread, APICalled})
	same(t, "what the disk said", found.Events[1].Err, f.store.read[1])
}

func TestProbesAreAskedOnce(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	process := f.process(configured("s2"))
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	found := process.Refresh(interrupted, s.Object, s.Memory)
	equal(t, "events", kinds(found.Events), []Kind{NotChecked, APICalled})
	for range 2 {
		found = process.Refresh(t.Context(), s.Object, s.Memory)
		equal(t, "events", kinds(found.Events), []Kind{APICalled})
	}
	equal(t, "probed", f.api.probed, []string{"s1", "s1", "s2"})
}
