// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
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
	switch {
	case r.config.API == nil:
		r.see(object.Held, memory.History)
		return found
	case r.ofAnother(object.Held, memory.History):
		r.learn(func(s Seen) Seen {
			s.ofAnother = append(slices.Clone(s.ofAnother), &stateSecret{Held: object.Held, history: memory.History})
			return s
		})
		found.Events = []Event{{Kind: StateOfAnother, Owner: owner(object.Held, memory.History)}}
		return found
	}
	secret, seen, events := r.seeStored(object.Held, memory.History)
	due := memory.AdoptionDue
	if due != seen.Configured.Fingerprint() && (seen.Recovered == nil || due != seen.Recovered.Fingerprint) {
		due = "" // that secret is no longer available
	}
	switch {
	case !r.config.SkipValidation:
		var answer []Event
		due, answer = r.ask(ctx, object.Held, secret, seen, candidates(object.Held, seen, memory.History), due)
		events = append(append(events, answer...), Event{Kind: APICalled})
	case object.Held.Imported(): // what is configured is trusted
		due = seen.Configured.Fingerprint()
	}
	found.Memory.AdoptionDue, found.Events = due, events
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
			return "", r.accepted(ctx, candidates)
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

// accepted tells which of the candidates are accepted beside the secret in state.
func (r *Rotator) accepted(ctx context.Context, candidates []candidate) (events []Event) {
	for _, c := range candidates {
		if r.probe(ctx, c.secret) == nil {
			events = append(events, Event{Kind: AnotherAccepted, Source: c.source})
		}
	}
	return events
}

// candidate is a secret that may be live in place of the one in state.
type candidate struct {
	secret apisecret.Secret
	source Source
}

// candidates are the secrets known beside the one in state, without those that it
// has superseded.
func candidates(held Held, seen Seen, history History) []candidate {
	all := []candidate{{seen.Configured, FromConfiguration}}
	if seen.Recovered != nil {
		all = append([]candidate{{seen.Recovered.secret, FromRecovery}}, all...)
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
	r.learn(func(s Seen) Seen { return s.withState(&stateSecret{held, secret, history}) })
	return secret
}

// seeStored is see for a state that Terraform has stored: what the recovery
// folder holds of it is deleted.
func (r *Rotator) seeStored(held Held, history History) (apisecret.Secret, Seen, []Event) {
	secret := r.see(held, history)
	seen, events := r.loadRecovered()
	if seen.Recovered == nil || seen.Recovered.Fingerprint != held.Fingerprint {
		return secret, seen, events
	}
	if err := r.config.Store.Remove(); err != nil {
		events = append(events, Event{Kind: RecoveryUnwritten, Err: err})
	}
	seen = r.learn(func(s Seen) Seen { s.Recovered = nil; return s })
	return secret, seen, events
}

// loadRecovered reads the recovery folder. What is wrong there is an event, and no
// failure: it must not block anything.
func (r *Rotator) loadRecovered() (Seen, []Event) {
	if r.config.Store == nil {
		return r.Seen(), nil
	}
	var events []Event
	entry, err := r.config.Store.Load()
	if err != nil {
		events = append(events, Event{Kind: RecoveryUnread, Err: err})
	}
	var recovered *Recovered
	if entry != nil {
		recovered = &Recovered{*entry, r.open(apisecret.New(entry.Secret), entry.EncryptedSecret, entry.Fingerprint)}
	}
	return r.learn(func(s Seen) Seen { s.Recovered = recovered; return s }), events
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

// owner is whose secret a state holds.
func owner(held Held, history History) History {
	history.IntegratorKey = held.IntegratorKey
	return history
}
