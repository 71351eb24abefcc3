// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Seen is a snapshot of what this process has seen of the integrator's secrets.
// Terraform shows Create nothing of the state that it replaces; what Refresh, Plan
// and Delete were shown before it is here. A plan and its apply are different
// processes, so a snapshot never holds more than one of them has seen.
//
// Its methods return a changed copy, or only read.
type Seen struct {
	Configured apisecret.Secret
	// Obtained is the secret that this process has made or adopted; zero for none.
	Obtained apisecret.Secret
	resumed  *Recovered // the entry that it was in, if an earlier run has made it
	// Recovered is what the recovery folder held when it was last read, the newest
	// first.
	Recovered []Recovered

	inState   []*stateSecret // current and deposed objects, the newest version first
	ofAnother []*stateSecret // those of another integrator, which may be tainted
	replaced  []*Replaced    // those that Delete was shown in a replacement
	rotated   rotated
}

// rotated is what became of the one rotation that a process may make.
type rotated int

const (
	notRotated     rotated = iota
	perhapsRotated         // the secret may have been rotated, but the new one is not in hand
	hasRotated
)

// stateSecret is a secret that was seen in a state. It never changes.
type stateSecret struct {
	Held
	opened  apisecret.Secret // zero if it is encrypted and cannot be opened
	history History
	raw     bool // Terraform has loaded it, and shown it to no other call yet
}

func (s *stateSecret) sameAs(other *stateSecret) bool { return s.Fingerprint == other.Fingerprint }

// Replaced is an object that a Create replaces without being shown it.
type Replaced struct {
	Object
	State any // the object in the caller's own form, to be restored as it was

	history  History
	unwarned bool // nobody was shown the warnings of the plan to replace it
}

// withState adds a secret that was seen in a state. What was only loaded before
// gives way to more.
func (s Seen) withState(secret *stateSecret) Seen {
	if secret.Fingerprint == "" {
		return s
	}
	states := slices.Clone(s.inState)
	if i := slices.IndexFunc(states, secret.sameAs); i >= 0 {
		if !states[i].raw {
			return s
		}
		states = slices.Delete(states, i, i+1)
	}
	states = append(states, secret)
	s.inState = states
	slices.SortStableFunc(states, func(a, b *stateSecret) int { return cmp.Compare(b.Version, a.Version) })
	return s
}

// withAnother adds a secret of another integrator that was seen in a state.
func (s Seen) withAnother(secret *stateSecret) Seen {
	s.ofAnother = append(slices.DeleteFunc(slices.Clone(s.ofAnother), secret.sameAs), secret)
	return s
}

// loadedOfAnother are the secrets of another integrator that Terraform has loaded, and
// shown to no other call. A new object may be going to take the place of one.
func (s Seen) loadedOfAnother() (events []Event) {
	for _, another := range s.ofAnother {
		if another.raw {
			events = append(events, Event{Kind: StateOfAnother, Owner: owner(another.Held, another.history)})
		}
	}
	return events
}

// signers are the secrets that may sign a rotation, the likeliest first.
func (s Seen) signers() []apisecret.Secret {
	candidates := []apisecret.Secret{s.Obtained}
	for _, state := range s.inState {
		candidates = append(candidates, state.opened)
	}
	for _, recovered := range s.Recovered {
		candidates = append(candidates, recovered.secret)
	}
	var signers []apisecret.Secret
	for _, c := range append(candidates, s.Configured) {
		if !c.IsZero() && !slices.ContainsFunc(signers, c.Equal) {
			signers = append(signers, c)
		}
	}
	return signers
}

// nothing reports whether no state with a secret was seen.
func (s Seen) nothing() bool { return len(s.inState)+len(s.ofAnother) == 0 }

// holds reports whether a secret was seen in a state.
func (s Seen) holds(fingerprint string) bool {
	return slices.ContainsFunc(s.inState, func(state *stateSecret) bool { return state.Fingerprint == fingerprint })
}

// supersedes reports whether a secret is older than one that was seen in a state.
func (s Seen) supersedes(fingerprint string) bool {
	return slices.ContainsFunc(s.inState, func(state *stateSecret) bool { return state.history.Supersedes(fingerprint) })
}

// names reports whether a secret was seen in a state, or is named by the history of
// one that was: it is one of the integrator's.
func (s Seen) names(fingerprint string) bool {
	return s.holds(fingerprint) || slices.ContainsFunc(s.inState, func(state *stateSecret) bool { return state.history.Names(fingerprint) })
}

// fingerprints are those of the others given, and of all secrets that this
// process has obtained or seen in a state.
func (s Seen) fingerprints(others ...string) []string {
	all := slices.Clone(others)
	if !s.Obtained.IsZero() {
		all = append(all, s.Obtained.Fingerprint())
	}
	return append(all, s.stateFingerprints()...)
}

// stateFingerprints are those of all secrets that were seen in a state.
func (s Seen) stateFingerprints() (all []string) {
	for _, state := range s.inState {
		all = append(all, state.Fingerprint)
	}
	return all
}

// undecryptable names what may hold a secret that could sign, and cannot be
// opened.
func (s Seen) undecryptable() Undecryptable {
	return Undecryptable{
		InState:   slices.ContainsFunc(s.inState, func(state *stateSecret) bool { return state.opened.IsZero() }),
		Recovered: pathsOf(slices.DeleteFunc(slices.Clone(s.Recovered), Recovered.opened)),
	}
}

// newest is the newest secret seen in a state; a zero one if there is none. What it
// points to never changes.
func (s Seen) newest() *stateSecret {
	for _, state := range s.inState {
		if !s.supersedes(state.Fingerprint) { // or else its version is by a clock that was ahead
			return state
		}
	}
	return &stateSecret{}
}

// superseded reports whether a newer secret than this one is known.
func (s Seen) superseded(fingerprint string) bool {
	switch {
	case s.Obtained.IsZero():
		return len(s.inState) > 0 && s.newest().Fingerprint != fingerprint
	case s.resumed != nil:
		return s.resumed.follows(fingerprint)
	}
	return s.Obtained.Fingerprint() != fingerprint
}

// replacedBy returns the object whose place a Create with these arguments takes,
// nil if Delete was shown none. Terraform does not tell which one it is where
// there are several: one with the same arguments is the likeliest. Any of them
// is better than none, since restoring an object twice is harmless and losing the
// state is not.
func (s Seen) replacedBy(arguments Arguments) *Replaced {
	for _, r := range s.replaced {
		if reflect.DeepEqual(r.Arguments, arguments) {
			return r
		}
	}
	if len(s.replaced) == 0 {
		return nil
	}
	return s.replaced[0]
}

// recovered returns the entry of the recovery folder with a secret; nil for none
// that is opened.
func (s Seen) recovered(fingerprint string) *Recovered {
	i := slices.IndexFunc(s.Recovered, func(e Recovered) bool { return e.opened() && e.Fingerprint == fingerprint })
	if i < 0 {
		return nil
	}
	return &s.Recovered[i]
}

// available reports whether a secret is at hand outside the state: configured, or
// opened in the recovery folder.
func (s Seen) available(fingerprint string) bool {
	return s.recovered(fingerprint) != nil || s.Configured.Fingerprint() == fingerprint
}

// overtaken reports whether the folder holds a secret that came after another one of
// the folder, opened or not.
func (s Seen) overtaken(fingerprint string) bool {
	return slices.ContainsFunc(s.Recovered, func(e Recovered) bool { return e.Fingerprint != fingerprint && e.follows(fingerprint) })
}
