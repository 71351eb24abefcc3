// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

func inState(secret string, version int64) *stateSecret {
	return &stateSecret{Held: Held{Fingerprint: fingerprint(secret), Version: version}, opened: apisecret.New(secret)}
}

func TestSignersAreTheLikeliestFirst(t *testing.T) {
	t.Parallel()
	seen := Seen{Configured: apisecret.New("configured")}
	for _, s := range []*stateSecret{inState("old", 1), inState("current", 3), inState("deposed", 2), inState("old", 1)} {
		seen = seen.withState(s)
	}
	unopened := inState("unopened", 4)
	unopened.opened = apisecret.Secret{}
	seen = seen.withState(unopened)
	seen.Recovered = []Recovered{{secret: apisecret.New("recovered")}, {}, {secret: apisecret.New("older")}}
	equal(t, "signers", reveal(seen.signers()), []string{"current", "deposed", "old", "recovered", "older", "configured"})

	seen.Obtained = apisecret.New("obtained")
	seen.Configured = apisecret.New("deposed")
	seen.Recovered = []Recovered{{}}
	equal(t, "signers", reveal(seen.signers()), []string{"obtained", "current", "deposed", "old"})
	equal(t, "signers of nothing", reveal(Seen{}.signers()), nil)
}

func reveal(secrets []apisecret.Secret) (all []string) {
	for _, s := range secrets {
		all = append(all, s.Reveal())
	}
	return all
}

func TestSeenIsASnapshot(t *testing.T) {
	t.Parallel()
	before := Seen{}.withState(inState("one", 1))
	after := before.withState(inState("two", 2))
	same(t, "the newest before", before.newest().Fingerprint, fingerprint("one"))
	same(t, "the newest after", after.newest().Fingerprint, fingerprint("two"))
	same(t, "holds it before", before.holds(fingerprint("two")), false)
	same(t, "holds it after", after.holds(fingerprint("two")), true)
	loaded := inState("three", 3)
	loaded.raw = true
	same(t, "what was only loaded gives way", before.withState(loaded).withState(inState("three", 4)).newest().Version, 4)
	same(t, "but not to what was only loaded", before.withState(loaded).withState(loaded).newest(), loaded)
	same(t, "an import", after.withState(&stateSecret{Held: Held{IntegratorKey: ourKey, Endpoint: ourEndpoint}}), after)
}

func TestSuperseded(t *testing.T) {
	t.Parallel()
	nothing := Seen{Configured: apisecret.New("configured")}
	state := nothing.withState(inState("old", 1)).withState(inState("current", 2))
	obtained := state
	obtained.Obtained = apisecret.New("new")
	for name, c := range map[string]struct {
		seen   Seen
		secret string
		want   bool
	}{
		"by nothing":                   {nothing, "old", false},
		"by a newer state":             {state, "old", true},
		"not the newest state":         {state, "current", false},
		"by the secret obtained":       {obtained, "current", true},
		"not the secret obtained":      {obtained, "new", false},
		"what is configured is no one": {nothing, "configured", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same(t, "superseded", c.seen.superseded(fingerprint(c.secret)), c.want)
		})
	}
}

func TestUndecryptable(t *testing.T) {
	t.Parallel()
	sealed := Seen{}.withState(&stateSecret{Held: Held{Fingerprint: "f"}})
	opened := Seen{}.withState(inState("one", 1))
	copies := []recovery.Copy{{Path: "file"}}
	sealedFile, openedFile := Seen{Recovered: []Recovered{{Found: recovery.Found{Copies: copies}}}}, Seen{Recovered: []Recovered{{secret: apisecret.New("one")}}}
	same(t, "nothing", Seen{}.undecryptable(), Undecryptable{})
	same(t, "a state", sealed.undecryptable(), Undecryptable{InState: true})
	same(t, "an opened state", opened.undecryptable(), Undecryptable{})
	same(t, "a file", sealedFile.undecryptable(), Undecryptable{Recovered: []SealedCopy{{Path: "file"}}})
	same(t, "an opened file", openedFile.undecryptable(), Undecryptable{})
}

func TestReplacedBy(t *testing.T) {
	t.Parallel()
	arguments := func(seconds int) Arguments { return Arguments{GracePeriod: time.Duration(seconds) * time.Second} }
	one, two := &Replaced{Object: Object{Arguments: arguments(1)}}, &Replaced{Object: Object{Arguments: arguments(2)}}
	seen := Seen{replaced: []*Replaced{one, two}}
	for name, c := range map[string]struct {
		seen      Seen
		arguments Arguments
		want      *Replaced
	}{
		"nothing was replaced":       {Seen{}, arguments(1), nil},
		"the one with the same":      {seen, arguments(2), two},
		"any is better than nothing": {seen, arguments(3), one},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.seen.replacedBy(c.arguments); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
