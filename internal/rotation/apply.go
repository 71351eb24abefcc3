// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
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
		result = r.rotate(ctx, arguments, memory.History, false)
	case Adopt:
		result = r.adopt(ctx, arguments, prior.Held, memory)
	case Encrypt:
		result = r.encrypt(arguments, prior.Held, memory.History)
	case Keep, LeaveOpen:
		result = Result{Held: prior.Held, Memory: Memory{History: memory.History}}
	}
	if !action.NewSecret() {
		result.Memory.AdoptionDue, result.Memory.Undated = memory.AdoptionDue, memory.Undated
	}
	return result
}

// Create rotates the secret for a new object. If that fails, and Delete was shown
// an object that this one replaces, Create returns it: the caller restores it, since
// Terraform has dropped it from the state.
func (r *Rotator) Create(ctx context.Context, arguments Arguments, graceSet bool) (result Result, restored *Replaced) {
	replaced := r.Seen().replacedBy(arguments)
	if replaced == nil {
		kept, forgotten := r.keepForgotten(ctx)
		if kept.Failed {
			return kept, nil
		}
		result = r.rotate(ctx, arguments, History{}, true)
		if result.Failed {
			result.Events[len(result.Events)-1].Forgotten = forgotten
		}
		result.Events = slices.Concat(kept.Events, result.Events)
		return result, nil
	}
	result = r.rotate(ctx, arguments, replaced.history, true)
	if result.Failed {
		result.Events = append(result.Events, Event{Kind: OldSecretPutBack})
		result.Memory = Memory{History: replaced.history}
		return result, replaced
	}
	r.learn(func(s Seen) Seen {
		s.replaced = slices.DeleteFunc(slices.Clone(s.replaced), func(r *Replaced) bool { return r == replaced })
		return s
	})
	if replaced.unwarned && r.config.Applying() {
		result.Events = append(result.Events, r.rotationWarnings(graceSet)...)
		result.Events = append(result.Events, r.plaintextWarnings(arguments.Recipients)...)
	}
	return result, nil
}

// Delete forgets a secret, and sends nothing: the API cannot delete one. The recovery
// folder keeps it, unless a newer one is at hand. In a replacement, Delete keeps the
// object for Create, which Terraform shows nothing of it. If it fails, the object
// stays in the state.
func (r *Rotator) Delete(ctx context.Context, object Replaced, memory Memory) (result Result) {
	another := r.ofAnother(object.Held, memory.History)
	switch {
	case another && memory.Replacing:
		return result.failed(Event{Kind: RotationOfAnother, Owner: owner(object.Held, memory.History)})
	case another:
		return result
	case memory.Replacing:
		defer r.config.Begin()() // from here on, a signal would leave the state empty
	}
	r.see(object.Held, memory.History)
	stopped := memory.Replacing && ctx.Err() != nil
	if !stopped && !r.Seen().superseded(object.Held.Fingerprint) {
		result = r.keep(ctx, object.Object, memory)
	}
	switch {
	case !memory.Replacing, result.Failed:
		return result
	case ctx.Err() != nil: // writing the files takes its time
		return Result{}.failed(Event{Kind: ReplacementStopped}) // and what was kept stays in the state
	}
	object.history, object.unwarned = memory.History, memory.Unwarned
	r.learn(func(s Seen) Seen {
		s.replaced = append(slices.Clone(s.replaced), &object)
		return s
	})
	return result
}

// Settle is for the end of a process whose Terraform has ended well: the secret that it
// has made only signs from then on. A later Create that is shown nothing of the state
// would take it for the outcome of an interrupted rotation otherwise.
func (r *Rotator) Settle() {
	obtained := r.Seen().Obtained
	if obtained.IsZero() {
		return
	}
	seen, _ := r.loadRecovered()
	if e := seen.recovered(obtained.Fingerprint()); e != nil {
		_ = r.config.Store.Keep(e.Found) // nobody is left to be told
	}
}

// adopt stores a live secret that Refresh has found.
func (r *Rotator) adopt(ctx context.Context, arguments Arguments, prior Held, memory Memory) Result {
	seal, failure := r.seal(arguments.Recipients)
	if failure != nil {
		return Result{}.failed(*failure)
	}
	seen, events := r.loadRecovered()
	if !seen.Obtained.IsZero() && seen.Obtained.Fingerprint() != memory.AdoptionDue { // for another object
		return Result{Events: events}.failed(Event{Kind: SecondRotation})
	}
	if !seen.available(memory.AdoptionDue) {
		return Result{Events: events}.failed(Event{Kind: AdoptionGone})
	}
	adopted := newSecret{secret: seen.Configured}
	if e := seen.recovered(memory.AdoptionDue); e != nil {
		adopted = r.asNew(*e, seen)
	}
	if !r.config.SkipValidation {
		if err := r.probe(ctx, adopted.secret); refused(err) {
			return Result{Events: events}.failed(Event{Kind: AdoptionRefused, Err: err})
		}
	}
	if memory.Undated || !adopted.made {
		adopted.made, adopted.obtainedAt, adopted.oldSecretExpiresAt = false, r.config.Clock(), time.Time{}
	}
	adopted.older = append(adopted.older, prior.Fingerprint)
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
