// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// newSecret is a secret that takes the place of the one in state.
type newSecret struct {
	secret             apisecret.Secret
	ciphertext         string // of the secret, where there are recipients
	obtainedAt         time.Time
	oldSecretExpiresAt time.Time // zero for none
	made               bool      // by a rotation of this resource, or else adopted
	older              []string  // fingerprints of secrets that it supersedes
}

// rotate regenerates the secret. A secret that an interrupted run of the same
// rotation left in the recovery folder is taken instead. Nothing after the call
// can fail: what could, encryption included, is prepared before it.
func (r *Rotator) rotate(ctx context.Context, arguments Arguments, history History) Result {
	r.rotating.Lock()
	defer r.rotating.Unlock()
	switch r.Seen().rotated {
	case hasRotated:
		return Result{}.failed(Event{Kind: SecondRotation})
	case perhapsRotated:
		return Result{}.failed(Event{Kind: SecondRotationInVain})
	case notRotated:
	}
	seal, failure := r.seal(arguments.Recipients)
	if failure != nil {
		return Result{}.failed(*failure)
	}
	defer r.config.Begin()()

	seen, events := r.loadRecovered()
	resumed, remarks, mayRotate := r.resume(ctx, arguments, seen)
	events = append(events, remarks...)
	switch {
	case resumed != nil:
		resumed.ciphertext = seal(resumed.secret)
		return r.take(*resumed, history, events)
	case !mayRotate:
		return Result{Events: events, Failed: true}
	}

	signers := seen.signers()
	regenerated, err := r.config.API.RegenerateSecret(ctx, apisecret.RegenerateInput{GracePeriod: arguments.GracePeriod, Signers: signers})
	events = append(events, Event{Kind: APICalled})
	if err != nil {
		return Result{Events: events}.failed(r.failure(err, seal))
	}
	made := newSecret{
		secret:             regenerated.Secret,
		ciphertext:         seal(regenerated.Secret),
		obtainedAt:         regenerated.ObtainedAt,
		oldSecretExpiresAt: regenerated.OldSecretExpiresAt,
		made:               true,
	}
	for _, s := range signers {
		made.older = append(made.older, s.Fingerprint())
	}
	made.older = r.Seen().fingerprints(made.older...) // others may have been seen meanwhile
	if r.config.Store != nil {
		if err := r.config.Store.Save(made.entry(arguments.Triggers)); err != nil {
			events = append(events, Event{Kind: RecoveryUnwritten, Err: err})
		}
	}
	return r.take(made, history, append(events, rotationRemarks(regenerated)...))
}

// resume returns the secret that an interrupted run of this same rotation left in
// the recovery folder, if it is live; nil if there is none. A rotation would end a
// secret that cannot be opened, or not be checked for the moment: then it may not
// go on.
func (r *Rotator) resume(ctx context.Context, arguments Arguments, seen Seen) (resumed *newSecret, remarks []Event, mayRotate bool) {
	recovered := seen.Recovered
	if recovered == nil || seen.holds(recovered.Fingerprint) {
		return nil, nil, true
	}
	known := seen.fingerprints(seen.Configured.Fingerprint())
	sameRun := !recovered.Replaced && recovered.Triggers == arguments.Triggers.fingerprint() && slices.ContainsFunc(known, func(f string) bool {
		return f == recovered.Fingerprint || slices.Contains(recovered.Known, f)
	})
	if recovered.undecryptable() {
		if sameRun {
			return nil, []Event{{Kind: RecoveryUndecryptable}}, false
		}
		return nil, nil, true
	}
	err := r.config.API.Probe(ctx, recovered.secret)
	switch {
	case refused(err):
		return nil, []Event{{Kind: RecoveryDead}}, true
	case !sameRun, errors.Is(err, apisecret.ErrForbidden): // it signs
		return nil, nil, true
	case err != nil:
		return nil, []Event{{Kind: RecoveryUnchecked, Err: err}}, false
	}
	return &newSecret{
		secret:             recovered.secret,
		obtainedAt:         recovered.ObtainedAt,
		oldSecretExpiresAt: recovered.OldSecretExpiresAt,
		made:               true,
		older:              append(known, recovered.Known...),
	}, []Event{{Kind: RotationResumed, At: recovered.ObtainedAt}}, false
}

// take makes a new secret the one that this process works with. The events are
// those of the way to it.
func (r *Rotator) take(s newSecret, history History, events []Event) Result {
	held := Held{IntegratorKey: r.config.IntegratorKey, OldSecretExpiresAt: s.oldSecretExpiresAt}.withSecret(s.secret, s.ciphertext)
	if s.made {
		held.RotatedAt = s.obtainedAt.UTC() // by the clock of whoever runs Terraform
	}
	r.learn(func(seen Seen) Seen {
		held.Version = max(s.obtainedAt.Unix(), seen.newest().Version+1) // always above the versions seen before
		seen.Obtained = s.secret
		if s.made {
			seen.rotated = hasRotated
		}
		return seen
	})
	r.config.API.Use(s.secret)
	history.IntegratorKey, history.Endpoint = r.config.IntegratorKey, r.config.Endpoint
	return Result{Held: held, Memory: Memory{History: history.extend(s.secret.Fingerprint(), s.older...)}, Events: events}
}

// entry is what goes into the recovery folder.
func (s newSecret) entry(triggers Triggers) recovery.Entry {
	entry := recovery.Entry{
		EncryptedSecret:    s.ciphertext,
		Fingerprint:        s.secret.Fingerprint(),
		ObtainedAt:         s.obtainedAt,
		OldSecretExpiresAt: s.oldSecretExpiresAt,
		Known:              s.older,
		Triggers:           triggers.fingerprint(),
	}
	if s.ciphertext == "" {
		entry.Secret = s.secret.Reveal()
	}
	return entry
}

// failure says what became of a failed call, and first keeps a reply that may
// hold the secret.
func (r *Rotator) failure(err error, seal func(apisecret.Secret) string) Event {
	failure, ok := errors.AsType[*apisecret.RegenerateError](err)
	if !ok {
		return Event{Kind: NotPossible, Err: err}
	}
	seen := r.Seen()
	event := Event{Err: failure.Err, Failure: failure, Undecryptable: seen.undecryptable()}
	if failure.Effect() != apisecret.Unchanged {
		r.learn(func(s Seen) Seen { s.rotated = perhapsRotated; return s })
	}
	switch {
	case failure.Effect() == apisecret.Unchanged:
		event.Kind = NotRotated
		event.Blind = failure.Outcome == apisecret.SecretRefused && seen.newest().Fingerprint == "" && seen.Obtained.IsZero()
	case failure.Effect() == apisecret.Changed:
		event.Kind, event.Reply = ReplyUnreadable, r.keepReply(failure.Reply, seal)
	case failure.Outcome == apisecret.NotFromAPI:
		event.Kind, event.Reply = AnswerNotFromAPI, r.keepReply(failure.Reply, seal)
	case failure.Outcome == apisecret.SecretRefused:
		event.Kind = RotatedAndLost
	default:
		event.Kind = PerhapsRotated
	}
	return event
}

// keepReply puts a reply that may hold the secret into the recovery folder.
func (r *Rotator) keepReply(reply apisecret.Secret, seal func(apisecret.Secret) string) (kept KeptReply) {
	if reply.IsZero() || r.config.Store == nil {
		return kept
	}
	ciphertext := seal(reply)
	kept.Encrypted = ciphertext != ""
	kept.Path, kept.Err = r.config.Store.SaveReply([]byte(cmp.Or(ciphertext, reply.Reveal())))
	return kept
}

// rotationRemarks are about a rotation that gave a new secret.
func rotationRemarks(regenerated *apisecret.RegeneratedSecret) (remarks []Event) {
	if regenerated.OddExpiry != "" {
		remarks = append(remarks, Event{Kind: ExpiryUnusable, OddExpiry: regenerated.OddExpiry})
	}
	if regenerated.GraceCut {
		remarks = append(remarks, Event{Kind: GraceCut, At: regenerated.OldSecretExpiresAt})
	}
	if !regenerated.AmbiguousSince.IsZero() {
		remarks = append(remarks, Event{Kind: PerhapsTwice, At: regenerated.AmbiguousSince})
	}
	return remarks
}
