// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import "context"

// checkRotation asks, while a plan is made, whether a secret that may sign the
// rotation is accepted. That none is, fails the plan where the occasion allows it.
func (r *Rotator) checkRotation(ctx context.Context, prior *Object, occasion Occasion, memory Memory) []Event {
	if of, another := r.plannedOfAnother(prior, occasion, memory); another {
		return []Event{{Kind: RotationOfAnother, Owner: of}}
	}
	if r.config.API == nil {
		return nil
	}
	seen, events := r.loadRecovered()
	signers := seen.signers()
	switch {
	case len(signers) == 0 && (occasion.mayFail() || r.config.Planning()):
		return append(events, Event{Kind: Signerless, Undecryptable: seen.undecryptable()})
	case len(signers) == 0:
		return append(events, Event{Kind: CreationSignerless, Undecryptable: seen.undecryptable()})
	case r.config.SkipValidation:
		return events
	}
	var last error
	for _, s := range signers {
		if last = r.probe(ctx, s); !refused(last) {
			break
		}
	}
	events = append(events, Event{Kind: APICalled})
	switch {
	case last == nil:
	case refused(last) && occasion.mayFail():
		events = append(events, Event{Kind: RotationUnsigned, Err: last, Undecryptable: seen.undecryptable()})
	case refused(last):
		events = append(events, Event{Kind: CreationUnsigned, Err: last, Undecryptable: seen.undecryptable()})
	case !occasion.mayFail():
		events = append(events, Event{Kind: CreationUnchecked, Err: last})
	}
	return events
}

// plannedOfAnother reports whether a rotation is planned of a secret that is
// another integrator's, and whose.
func (r *Rotator) plannedOfAnother(prior *Object, occasion Occasion, memory Memory) (History, bool) {
	history := memory.History
	switch {
	case occasion == InPlace:
		return owner(prior.Held, history), r.ofAnother(prior.Held, history)
	case occasion == Replacement && (r.ofAnother(Held{IntegratorKey: history.IntegratorKey}, history) || history.Endpoint == ""):
		return history, true // to replace what is not known to be the provider's own would be a risk
	}
	// Only Read is shown a tainted object. One that is only loaded may be on its way out
	// of the state, in a plan that OpenTofu makes again while it applies.
	for _, another := range r.Seen().ofAnother {
		if !another.raw {
			return owner(another.Held, another.history), true
		}
	}
	return History{}, false
}

// CheckImport reports what keeps the configured secret from being adopted for the
// integrator that an import names.
func (r *Rotator) CheckImport(ctx context.Context, key string) []Event {
	if key != r.config.IntegratorKey {
		return []Event{{Kind: ImportOfAnother, Key: key}}
	}
	switch {
	case r.config.Configured.IsZero():
		return []Event{{Kind: ImportSecretless}}
	case r.config.SkipValidation:
		return nil
	}
	if err := r.probe(ctx, r.config.Configured); err != nil {
		return []Event{{Kind: ImportUnchecked, Err: err}}
	}
	return nil
}
