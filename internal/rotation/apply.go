// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// Result is what came of an apply.
type Result struct {
	Held    Held   // the secret that is to be stored
	Memory  Memory // and what is to be remembered with it
	Remarks []Event
	Failure *Event // nil for none; Held and Memory are of no use then
}

func (r Result) failed(failure Event) Result {
	r.Failure = &failure
	return r
}

// Update carries out what was planned for an object. If it fails, the state stays
// as it was, and the next apply tries again.
func (r *Rotator) Update(ctx context.Context, prior Object, arguments Arguments, memory Memory) Result {
	action, another := memory.Planned, r.OfAnother(prior.Held, memory.History)
	if action == LeaveOpen { // what the plan could not know is known now
		action = Decide(r.question(&prior, arguments, false, memory.AdoptionDue != "" && !another, 0))
	}
	if another && action.NewSecret() {
		return Result{}.failed(Event{Kind: RotationOfAnother, Owner: owner(prior.Held, memory.History)})
	}
	if !another {
		r.see(prior.Held, memory.History)
	}
	var result Result
	switch action {
	case Rotate:
		result = r.rotate(ctx, arguments, memory.History)
	case Adopt:
		result = r.adopt(arguments, prior.Held, memory)
	case Encrypt:
		result = r.encrypt(arguments, prior.Held, memory.History)
	case Keep, LeaveOpen:
		result = Result{Held: prior.Held, Memory: Memory{History: memory.History}}
	}
	if !action.NewSecret() {
		result.Memory.AdoptionDue = memory.AdoptionDue
	}
	return result
}

// Create rotates the secret for a new object. It returns the object that this one
// replaces, if Delete was shown one. If the rotation fails, the caller restores
// that: Terraform has dropped it from the state.
func (r *Rotator) Create(ctx context.Context, arguments Arguments) (Result, *Replaced) {
	replaced := r.Seen().replacedBy(arguments)
	var history History
	if replaced != nil {
		history = replaced.History
	}
	result := r.rotate(ctx, arguments, history)
	if result.Failure == nil {
		r.learn(func(s Seen) Seen { return s.withoutReplaced(replaced) })
	}
	return result, replaced
}

// Delete forgets a secret, and sends nothing: the API cannot end one. In a
// replacement it keeps the object for Create, which Terraform shows nothing of it.
// If it fails, the object stays in the state.
func (r *Rotator) Delete(ctx context.Context, object Replaced, memory Memory) (remarks []Event, failure *Event) {
	another := r.OfAnother(object.Held, memory.History)
	object.History, object.Unwarned = memory.History, memory.Unwarned
	if memory.Replacing {
		if another {
			return nil, &Event{Kind: RotationOfAnother, Owner: owner(object.Held, memory.History)}
		}
		if ctx.Err() == nil { // writing the file takes its time
			remarks = r.saveReplaced(object.Held)
		}
		if ctx.Err() != nil {
			return remarks, &Event{Kind: ReplacementStopped}
		}
		r.learn(func(s Seen) Seen {
			s.replaced = append(s.replaced[:len(s.replaced):len(s.replaced)], &object)
			return s
		})
	}
	if !another {
		r.see(object.Held, memory.History)
	}
	return remarks, nil
}

// saveReplaced puts the secret of an object that is about to be replaced into the
// recovery folder, unless there is one already.
func (r *Rotator) saveReplaced(held Held) []Event {
	if held.Imported() || r.config.Store == nil {
		return nil
	}
	err := r.config.Store.SaveIfNone(recovery.Entry{
		Secret:          held.Secret.Reveal(),
		EncryptedSecret: held.Ciphertext,
		Fingerprint:     held.Fingerprint,
		ObtainedAt:      r.config.Clock(),
		Replaced:        true,
	})
	if err != nil {
		return []Event{{Kind: RecoveryUnwritten, Err: err}}
	}
	return nil
}

// adopt stores a live secret that Refresh has found, and calls nothing.
func (r *Rotator) adopt(arguments Arguments, prior Held, memory Memory) Result {
	seal, err := r.prepare(arguments)
	if err != nil {
		return Result{}.failed(Event{Kind: RecipientsUnusable, Err: err})
	}
	adopted := newSecret{obtainedAt: r.config.Clock(), older: []string{prior.Fingerprint}}
	seen, remarks := r.loadRecovered()
	if seen.Recovered != nil && seen.Recovered.Fingerprint == memory.AdoptionDue {
		adopted.secret = seen.Recovered.secret
		adopted.older = append(adopted.older, seen.Recovered.Known...)
	}
	if adopted.secret.IsZero() && seen.Configured.Fingerprint() == memory.AdoptionDue {
		adopted.secret = seen.Configured
	}
	if adopted.secret.IsZero() {
		return Result{Remarks: remarks}.failed(Event{Kind: AdoptionGone})
	}
	adopted.ciphertext = seal.close(adopted.secret)
	result := r.take(adopted, memory.History)
	result.Remarks = remarks
	return result
}

// encrypt encrypts the secret of a state, and calls nothing.
func (r *Rotator) encrypt(arguments Arguments, held Held, history History) Result {
	seal, err := r.prepare(arguments)
	if err != nil {
		return Result{}.failed(Event{Kind: RecipientsUnusable, Err: err})
	}
	held = held.withSecret(held.Secret, seal.close(held.Secret))
	return Result{Held: held, Memory: Memory{History: history}}
}

// seal encrypts one secret for the recipients of an object, if there are any.
type seal struct{ sealer Sealer }

func (r *Rotator) prepare(arguments Arguments) (seal, error) {
	sealer, err := r.config.Prepare(arguments.Recipients.Keys)
	return seal{sealer}, err
}

// close returns the ciphertext, "" without recipients. What can fail about it has
// been prepared, so it does not; if it ever did, the secret would be stored in
// plaintext rather than lost.
func (s seal) close(secret apisecret.Secret) string {
	if s.sealer == nil {
		return ""
	}
	ciphertext, err := s.sealer.Seal(secret.Reveal())
	if err != nil {
		return ""
	}
	return ciphertext
}

// withSecret returns what is held with this secret in it: encrypted where there is
// a ciphertext.
func (h Held) withSecret(secret apisecret.Secret, ciphertext string) Held {
	h.Secret, h.Ciphertext, h.Fingerprint = secret, ciphertext, secret.Fingerprint()
	if ciphertext != "" {
		h.Secret = apisecret.Secret{}
	}
	return h
}
