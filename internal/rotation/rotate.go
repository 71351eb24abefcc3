// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
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
	made               bool      // by a rotation of this resource
	older              []string  // fingerprints of secrets that it supersedes
	unproven           []string  // those of them that may be dummies
}

// rotate regenerates the secret. A secret that an interrupted run of the same
// rotation left in the recovery folder is taken instead. Nothing after the call
// can fail: what could, encryption and room on the disk included, is prepared
// before it. Created says that Create rotates.
func (r *Rotator) rotate(ctx context.Context, arguments Arguments, history History, created bool) Result {
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
		made := r.asNew(*resumed, seen)
		made.ciphertext = seal(made.secret)
		r.learn(func(s Seen) Seen { s.rotated, s.resumed = hasRotated, resumed; return s })
		return r.take(made, history, events)
	case !mayRotate:
		return Result{Events: events, Failed: true}
	}
	signers := seen.signers()
	if len(signers) == 0 {
		return Result{Events: events}.failed(Event{Kind: Signerless, Undecryptable: seen.undecryptable(), Blind: seen.newest().Fingerprint == ""})
	}
	net, remarks := r.spread(arguments.Recipients)
	events = append(events, remarks...)
	if net == nil {
		return Result{Events: events, Failed: true}
	}
	defer net.release()

	regenerated, err := r.config.API.RegenerateSecret(ctx, apisecret.RegenerateInput{GracePeriod: arguments.GracePeriod, Signers: signers})
	events = append(events, Event{Kind: APICalled})
	if err != nil {
		return Result{Events: events}.failed(r.failure(err, seal, net))
	}
	made := newSecret{
		secret:             regenerated.Secret,
		ciphertext:         seal(regenerated.Secret),
		obtainedAt:         regenerated.ObtainedAt,
		oldSecretExpiresAt: regenerated.OldSecretExpiresAt,
		made:               true,
	}
	vouching := r.vouching(seen, regenerated.SignedWith)
	made.older, made.unproven = r.supersededBy(seen, signers, vouching)
	r.learn(func(s Seen) Seen { s.rotated = hasRotated; return s })
	result := r.take(made, history, nil)

	record := recovery.Record{
		Kind:               recovery.Made,
		Fingerprint:        made.secret.Fingerprint(),
		SentAt:             regenerated.SentAt,
		ObtainedAt:         made.obtainedAt,
		OldSecretExpiresAt: made.oldSecretExpiresAt,
		SignedBy:           regenerated.SignedWith.Fingerprint(),
		InState:            seen.stateFingerprints(),
		Created:            created,
		Triggers:           arguments.Triggers.fingerprint(),
		Configured:         seen.Configured.Fingerprint(),
		Superseded:         result.Memory.Superseded,
	}
	result.Events = slices.Concat(events, net.save(record, made, vouching), rotationRemarks(regenerated))
	return result
}

// supersededBy are the fingerprints of all secrets that were known when a new one was
// made, and those of them that may be dummies: what is in the folder, and what is
// configured, unless something vouches for it.
func (r *Rotator) supersededBy(seen Seen, signers []apisecret.Secret, vouching []string) (older, unproven []string) {
	for _, e := range seen.Recovered { // first, so that many of them push nothing else out of the history
		older = append(older, e.Fingerprint)
	}
	unproven = append(slices.Clone(older), seen.Configured.Fingerprint())
	for _, s := range signers {
		older = append(older, s.Fingerprint())
	}
	older = r.Seen().fingerprints(older...) // others may have been seen meanwhile
	return older, slices.DeleteFunc(unproven, func(f string) bool {
		return seen.names(f) || slices.Contains(vouching, f) || f == seen.Configured.Fingerprint() && r.vouchedFor(seen)
	})
}

// asNew is the secret of an entry, to be put in the place of the one in state. What its
// record says is older proves nothing: whoever can write the folder can have written
// that.
func (r *Rotator) asNew(e Recovered, seen Seen) newSecret {
	older := append(slices.Clone(e.Superseded), e.InState...)
	vouching := r.vouching(seen, e.secret)
	return newSecret{
		secret:             e.secret,
		obtainedAt:         e.ObtainedAt,
		oldSecretExpiresAt: e.OldSecretExpiresAt,
		made:               !e.ObtainedAt.IsZero(),
		older:              older,
		unproven: slices.DeleteFunc(slices.Clone(older), func(f string) bool {
			return seen.names(f) || slices.Contains(vouching, f)
		}),
	}
}

// take makes a new secret the one that this process works with. The events are
// those of the way to it.
func (r *Rotator) take(s newSecret, history History, events []Event) Result {
	held := Held{IntegratorKey: r.config.IntegratorKey, Endpoint: r.config.Endpoint, OldSecretExpiresAt: s.oldSecretExpiresAt}.withSecret(s.secret, s.ciphertext)
	if s.made {
		held.RotatedAt = s.obtainedAt.UTC() // by the clock of whoever runs Terraform
	}
	r.learn(func(seen Seen) Seen {
		held.Version = max(s.obtainedAt.Unix(), seen.newest().Version+1) // always above the versions seen before
		seen.Obtained = s.secret
		return seen
	})
	r.config.API.Use(s.secret)
	history.IntegratorKey, history.Endpoint = r.config.IntegratorKey, r.config.Endpoint
	return Result{Held: held, Memory: Memory{History: history.extend(s.secret.Fingerprint(), s.older, s.unproven)}, Events: events}
}

// failure says what became of a failed call, and first keeps a reply that may
// hold the secret.
func (r *Rotator) failure(err error, seal func(apisecret.Secret) string, net *net) Event {
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
		event.Kind, event.Reply = ReplyUnreadable, net.saveReply(failure.Reply, seal, r.vouching(seen, failure.SignedWith))
	case failure.Outcome == apisecret.NotFromAPI:
		event.Kind, event.Reply = AnswerNotFromAPI, net.saveReply(failure.Reply, seal, nil)
	case failure.Outcome == apisecret.SecretRefused:
		event.Kind = RotatedAndLost
	default:
		event.Kind = PerhapsRotated
	}
	return event
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
