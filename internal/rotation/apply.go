// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// Result is what came of an apply.
type Result struct {
	Held   Held   // the secret that is to be stored
	Memory Memory // and what is to be remembered with it
	Events []Event
	// Failed says that the last event is a failure: Held and Memory are of no use.
	Failed bool
}

// failed returns the result of an apply that ends with a failure.
func (r Result) failed(failure Event) Result {
	r.Events, r.Failed = append(r.Events, failure), true
	return r
}

// Update carries out what was planned for an object. If it fails, the state stays
// as it was, and the next apply tries again.
func (r *Rotator) Update(ctx context.Context, prior Object, arguments Arguments, memory Memory) Result {
	action, another := memory.Planned, r.ofAnother(prior.Held, memory.History)
	if action == LeaveOpen { // what the plan could not know is known now
		action = r.decide(&prior, arguments, memory, 0)
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

// Create rotates the secret for a new object. If that fails, and Delete was shown
// an object that this one replaces, Create returns it: the caller restores it, since
// Terraform has dropped it from the state.
func (r *Rotator) Create(ctx context.Context, arguments Arguments, graceSet bool) (result Result, restored *Replaced) {
	replaced := r.Seen().replacedBy(arguments)
	if replaced == nil {
		return r.rotate(ctx, arguments, History{}), nil
	}
	result = r.rotate(ctx, arguments, replaced.history)
	if result.Failed {
		result.Events = append(result.Events, Event{Kind: OldSecretPutBack})
		result.Memory = Memory{History: replaced.history}
		return result, replaced
	}
	r.learn(func(s Seen) Seen {
		s.replaced = slices.DeleteFunc(slices.Clone(s.replaced), func(r *Replaced) bool { return r == replaced })
		return s
	})
	if replaced.unwarned && r.config.Applying {
		result.Events = append(result.Events, r.rotationWarnings(graceSet)...)
		result.Events = append(result.Events, r.plaintextWarnings(arguments.Recipients)...)
	}
	return result, nil
}

// Delete forgets a secret, and sends nothing: the API cannot end one. In a
// replacement it keeps the object for Create, which Terraform shows nothing of it.
// If it fails, the object stays in the state.
func (r *Rotator) Delete(ctx context.Context, object Replaced, memory Memory) (result Result) {
	another := r.ofAnother(object.Held, memory.History)
	if memory.Replacing {
		if another {
			return result.failed(Event{Kind: RotationOfAnother, Owner: owner(object.Held, memory.History)})
		}
		defer r.config.Begin()() // from here on, a signal would leave the state empty

		if ctx.Err() == nil { // writing the file takes its time
			result.Events = r.saveReplaced(object.Held)
		}
		if ctx.Err() != nil {
			return result.failed(Event{Kind: ReplacementStopped})
		}
		object.history, object.unwarned = memory.History, memory.Unwarned
		r.learn(func(s Seen) Seen {
			s.replaced = append(slices.Clone(s.replaced), &object)
			return s
		})
	}
	if !another {
		r.see(object.Held, memory.History)
	}
	return result
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
	seal, failure := r.seal(arguments.Recipients)
	if failure != nil {
		return Result{}.failed(*failure)
	}
	adopted := newSecret{obtainedAt: r.config.Clock(), older: []string{prior.Fingerprint}}
	seen, events := r.loadRecovered()
	if seen.Recovered != nil && seen.Recovered.Fingerprint == memory.AdoptionDue {
		adopted.secret = seen.Recovered.secret
		adopted.older = append(adopted.older, seen.Recovered.Known...)
	}
	if adopted.secret.IsZero() && seen.Configured.Fingerprint() == memory.AdoptionDue {
		adopted.secret = seen.Configured
	}
	if adopted.secret.IsZero() {
		return Result{Events: events}.failed(Event{Kind: AdoptionGone})
	}
	adopted.ciphertext = seal(adopted.secret)
	return r.take(adopted, memory.History, events)
}

// encrypt encrypts the secret of a state, and calls nothing.
func (r *Rotator) encrypt(arguments Arguments, held Held, history History) Result {
	seal, failure := r.seal(arguments.Recipients)
	if failure != nil {
		return Result{}.failed(*failure)
	}
	held = held.withSecret(held.Secret, seal(held.Secret))
	return Result{Held: held, Memory: Memory{History: history}}
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
