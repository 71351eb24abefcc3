// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"fmt"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// Recovered is an entry of the recovery folder.
type Recovered struct {
	recovery.Found
	secret apisecret.Secret // zero if it cannot be opened
}

func (e Recovered) opened() bool { return !e.secret.IsZero() }

// continues reports whether the entry was made while a state held the secret, or
// signed with it.
func (e Recovered) continues(fingerprint string) bool {
	return fingerprint == e.SignedBy || slices.Contains(e.InState, fingerprint)
}

// follows reports whether the entry's secret is known to have come after another.
func (e Recovered) follows(fingerprint string) bool {
	return e.continues(fingerprint) || slices.Contains(e.Superseded, fingerprint)
}

// knows reports whether the run that made the entry knew a secret.
func (e Recovered) knows(fingerprint string) bool {
	return fingerprint == e.Fingerprint || fingerprint == e.Configured || e.follows(fingerprint)
}

func (e Recovered) copies() (copies []SealedCopy) {
	for _, c := range e.Copies {
		copies = append(copies, SealedCopy{c.Path, c.With})
	}
	return copies
}

// pathsOf lists the files of entries.
func pathsOf(entries []Recovered) (copies []SealedCopy) {
	for _, e := range entries {
		copies = append(copies, e.copies()...)
	}
	return copies
}

// loadRecovered reads the recovery folder. What is wrong there is an event, and no
// failure: it must not block anything.
func (r *Rotator) loadRecovered() (Seen, []Event) {
	if r.config.Store == nil {
		return r.Seen(), nil
	}
	var events []Event
	found, problems := r.config.Store.Load()
	recovered, mismatches := r.openAll(found)
	for _, err := range append(problems, mismatches...) {
		if _, said := r.said.LoadOrStore(err.Error(), true); !said {
			events = append(events, Event{Kind: RecoveryUnread, Err: err})
		}
	}
	return r.learn(func(s Seen) Seen { s.Recovered = recovered; return s }), events
}

// openAll opens what was found. One entry may open another: a run that was killed
// can have left the secret that sealed the next one.
func (r *Rotator) openAll(found []recovery.Found) (all []Recovered, problems []error) {
	for _, f := range found {
		all = append(all, Recovered{Found: f})
	}
	known := r.Seen().signers()
	for opened := 1; opened > 0; {
		opened = 0
		for i := range all {
			if all[i].opened() {
				continue
			}
			if all[i].secret = r.openEntry(all[i].Found, known); all[i].opened() {
				known = append(known, all[i].secret)
				opened++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Recovered) int {
		switch later, earlier := a.follows(b.Fingerprint), b.follows(a.Fingerprint); {
		case later && !earlier: // whatever the clocks of the machines say
			return -1
		case earlier && !later:
			return 1
		}
		return b.SentAt.Compare(a.SentAt)
	})
	for i, e := range all {
		if e.Fingerprint == "" { // a process was killed before it gave the file a name
			all[i].Fingerprint = e.secret.Fingerprint()
		}
	}
	return slices.DeleteFunc(all, func(e Recovered) bool {
		another := e.opened() && e.Fingerprint != e.secret.Fingerprint()
		if another {
			problems = append(problems, fmt.Errorf("%s does not hold the secret that it is named after", e.Copies[0].Path))
		}
		return another
	}), problems
}

// openEntry returns the secret of an entry, the zero Secret if none that is known
// opens it.
func (r *Rotator) openEntry(found recovery.Found, known []apisecret.Secret) apisecret.Secret {
	for _, s := range known {
		if s.Fingerprint() == found.Fingerprint {
			return s
		}
	}
	for _, c := range found.Copies {
		if c.With == "" {
			if text, err := r.config.Open(c.Ciphertext); err == nil {
				return apisecret.New(text)
			}
			continue
		}
		for _, s := range known {
			if s.Fingerprint() != c.With {
				continue
			}
			if text, err := r.config.OpenWith(c.Ciphertext, s); err == nil {
				return apisecret.New(text)
			}
		}
	}
	return apisecret.Secret{}
}
