// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Finding is what a refresh finds.
type Finding struct {
	Memory Memory // what is to be remembered from now on
	Events []Event
}

// Refresh asks whether the API still accepts the secret in state and, if not,
// whether it accepts one that can be adopted. It changes nothing else than the
// memory, and never fails: an error would block destroy and unrelated work.
func (r *Rotator) Refresh(ctx context.Context, object Object, memory Memory) Finding {
	found := Finding{Memory: memory}
	rotateAt := object.Held.RotateAt(object.Arguments.Days)
	found.Memory.RotationDue = !rotateAt.IsZero() && !r.config.Clock().Before(rotateAt)
	if r.ofAnother(object.Held, memory.History) {
		r.learn(func(s Seen) Seen { return s.withAnother(&stateSecret{Held: object.Held, history: memory.History}) })
		found.Events = []Event{{Kind: StateOfAnother, Owner: owner(object.Held, memory.History)}}
		return found
	}
	secret, seen, events := r.seeStored(object.Held, memory.History)
	if r.config.API == nil {
		found.Events = events
		return found
	}
	due := memory.AdoptionDue
	if !seen.available(due) {
		due = ""
	}
	switch {
	case !r.config.SkipValidation:
		var answer []Event
		due, answer = r.ask(ctx, object.Held, secret, seen, candidates(object.Held, seen, memory.History), due)
		events = append(append(events, answer...), Event{Kind: APICalled})
	case object.Held.Imported(): // what is configured is trusted
		if due = seen.Configured.Fingerprint(); due == "" {
			events = append(events, Event{Kind: AllRefused, OnlySuperseded: true})
		}
	}
	found.Memory.AdoptionDue, found.Events = due, events
	found.Memory.Undated = due != "" && (object.Held.Imported() || seen.recovered(due) == nil)
	return found
}

// refused reports whether the API does not accept a secret.
func refused(err error) bool { return errors.Is(err, apisecret.ErrRefused) }

// ask asks the API about the secret in state and, if that is refused or not there
// yet, about the candidates. It returns the fingerprint of the one that is to be
// adopted; it stays the one that was due, if the API does not say.
func (r *Rotator) ask(ctx context.Context, held Held, secret apisecret.Secret, seen Seen, candidates []candidate, due string) (adoption string, events []Event) {
	var refusal error
	switch {
	case held.Imported():
	case secret.IsZero(): // encrypted and not to be opened: nothing can be concluded
		if r.config.HasKey {
			events = []Event{{Kind: KeyDoesNotOpen}}
		}
		return "", events
	default:
		refusal = r.probe(ctx, secret)
		if refusal == nil {
			return r.acceptedBeside(ctx, candidates)
		}
		if !refused(refusal) {
			return due, []Event{{Kind: NotChecked, Err: refusal}}
		}
	}
	for _, c := range candidates {
		err := r.probe(ctx, c.secret)
		switch {
		case err == nil && held.Imported():
			return c.secret.Fingerprint(), nil
		case err == nil:
			return c.secret.Fingerprint(), []Event{{Kind: AdoptionPlanned, Source: c.source}}
		case !refused(err):
			return due, []Event{{Kind: NotChecked, Err: err}}
		}
	}
	return "", []Event{{Kind: AllRefused, Err: refusal, OnlySuperseded: len(candidates) == 0, Undecryptable: seen.undecryptable()}}
}

// acceptedBeside tells which of the candidates are accepted beside the secret in state. One
// that a rotation of this state has made is adopted before the one in state expires,
// unless somebody has configured one that may be newer still.
func (r *Rotator) acceptedBeside(ctx context.Context, candidates []candidate) (adoption string, events []Event) {
	for _, c := range candidates {
		switch {
		case r.probe(ctx, c.secret) != nil:
		case c.source == FromConfiguration:
			return "", []Event{{Kind: AnotherAccepted, Source: c.source}}
		case c.next:
			return c.secret.Fingerprint(), []Event{{Kind: AdoptionPlanned, Source: c.source}}
		}
	}
	return "", nil
}

// candidate is a secret that may be live in place of the one in state.
type candidate struct {
	secret apisecret.Secret
	source Source
	next   bool // it was made while the state held the one that it holds now
}

// candidates are the secrets known beside the one in state, the likeliest first. The
// one that is configured comes first if no run that left something in the folder
// knew it. An entry of the folder has to have come after the one in state, and an
// import takes only what is configured.
func candidates(held Held, seen Seen, history History) []candidate {
	var all []candidate
	known := false
	for _, e := range seen.Recovered {
		if e.opened() && e.follows(held.Fingerprint) && !held.Imported() && !seen.overtaken(e.Fingerprint) {
			all = append(all, candidate{e.secret, FromRecovery, slices.Contains(e.InState, held.Fingerprint)})
			known = known || e.knows(seen.Configured.Fingerprint())
		}
	}
	configured := candidate{secret: seen.Configured, source: FromConfiguration}
	if known {
		all = append(all, configured)
	} else {
		all = append([]candidate{configured}, all...)
	}
	return slices.DeleteFunc(all, func(c candidate) bool {
		fingerprint := c.secret.Fingerprint()
		return fingerprint == "" || fingerprint == held.Fingerprint || history.Supersedes(fingerprint)
	})
}

// see notes the secret of a state, and returns it: the zero Secret if there is
// none, or none that can be opened.
func (r *Rotator) see(held Held, history History) apisecret.Secret {
	secret := r.open(held.Secret, held.Ciphertext, held.Fingerprint)
	r.learn(func(s Seen) Seen { return s.withState(&stateSecret{Held: held, opened: secret, history: history}) })
	return secret
}

// Load notes a secret that Terraform has loaded from a state. Nobody may ever be
// shown it again: Terraform can replace an object without a Delete.
func (r *Rotator) Load(held Held) {
	if r.ofAnother(held, History{}) {
		r.learn(func(s Seen) Seen { return s.withAnother(&stateSecret{Held: held, raw: true}) })
		return
	}
	secret := r.open(held.Secret, held.Ciphertext, held.Fingerprint)
	r.learn(func(s Seen) Seen { return s.withState(&stateSecret{Held: held, opened: secret, raw: true}) })
}

// seeStored is see for a state that Terraform has stored: what the recovery folder
// holds of it, or of secrets before it, is deleted.
func (r *Rotator) seeStored(held Held, history History) (apisecret.Secret, Seen, []Event) {
	secret := r.see(held, history)
	seen, events := r.loadRecovered()
	var rest []Recovered
	for _, e := range seen.Recovered {
		if e.Fingerprint == "" || e.Fingerprint != held.Fingerprint && !history.Supersedes(e.Fingerprint) {
			rest = append(rest, e)
			continue
		}
		if err := r.config.Store.Remove(e.Found); err != nil {
			events = append(events, Event{Kind: RecoveryUnwritten, Err: err})
		}
	}
	seen = r.learn(func(s Seen) Seen { s.Recovered = rest; return s })
	return secret, seen, events
}

// open returns a stored secret, given in plaintext or as ciphertext. The
// configured secret stands in for a ciphertext of the same fingerprint; the zero
// Secret stands for one that cannot be opened.
func (r *Rotator) open(plaintext apisecret.Secret, ciphertext, fingerprint string) apisecret.Secret {
	if !plaintext.IsZero() || ciphertext == "" {
		return plaintext
	}
	if opened, err := r.config.Open(ciphertext); err == nil {
		return apisecret.New(opened)
	}
	if r.config.API != nil && r.config.Configured.Fingerprint() == fingerprint {
		return r.config.Configured
	}
	return apisecret.Secret{}
}

// owner is whose secret a state holds. Terraform shows no private state, and so no
// history, of an object that is only loaded.
func owner(held Held, history History) History {
	history.IntegratorKey = held.IntegratorKey
	history.Endpoint = cmp.Or(history.Endpoint, held.Endpoint)
	return history
}
