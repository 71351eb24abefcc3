// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"slices"
	"time"
)

// maxPlanAge is how old a plan can be that changes rotate_after_days and is still
// applied as it is, whenever a rotation falls due in between.
const maxPlanAge = 24 * time.Hour

// Planned is a plan for the secret.
type Planned struct {
	Action   Action
	Occasion Occasion
	Memory   Memory  // for the apply, and for the second plan of a replacement
	Events   []Event // of what was read for the plan
}

// Plan decides what is done to the secret. It sends nothing. Prior is nil for a
// new object.
func (r *Rotator) Plan(prior *Object, arguments Arguments, memory Memory) Planned {
	planned := Planned{Memory: memory}
	another := false
	if prior != nil {
		another, planned.Events = r.seePrior(prior.Held, memory.History)
	}
	seen := r.Seen()
	planned.Occasion = occasionOf(prior, memory, seen)
	planned.Action = Decide(r.question(prior, arguments, memory.RotationDue, memory.AdoptionDue != "" && !another, maxPlanAge))
	planned.Memory.Planned = planned.Action
	planned.Memory.Replacing = planned.Occasion != InPlace
	planned.Memory.Unwarned = planned.Occasion == Replacement
	if planned.Occasion == TaintedReplacement {
		// Delete is shown this plan's memory, not that of the tainted object.
		planned.Memory.History = seen.history()
	}
	return planned
}

// PlanDestroy returns the memory for a Delete, and warns of it.
func (r *Rotator) PlanDestroy(held Held, memory Memory) (Memory, []Event) {
	_, events := r.seePrior(held, memory.History)
	memory.Replacing, memory.Unwarned = false, false // a replacement that failed in Delete has left them set
	return memory, events
}

// DestroyWarnings are about a planned destroy, unless the secret has a successor:
// then this is the end of a replacement.
func (r *Rotator) DestroyWarnings(held Held) []Event {
	if r.Seen().superseded(held.Fingerprint) {
		return nil
	}
	return []Event{{Kind: SecretStaysValid}}
}

func (r *Rotator) seePrior(held Held, history History) (another bool, events []Event) {
	if r.OfAnother(held, history) {
		r.learn(func(s Seen) Seen { return s.withoutAnother(held) })
		return true, nil
	}
	_, _, events = r.seeStored(held, history)
	return false, events
}

// RotationWarnings are about a rotation that is planned, or may come of the plan.
// graceSet says that the configuration sets old_secret_valid_for_seconds.
func (r *Rotator) RotationWarnings(graceSet bool) (events []Event) {
	if !graceSet {
		events = append(events, Event{Kind: GraceNotSet})
	}
	if end := r.Seen().graceEnds(r.config.Clock()); !end.IsZero() {
		events = append(events, Event{Kind: OlderSecretMayEnd, At: end})
	}
	return events
}

// RecipientWarnings are about recipients in a plan that keeps the secret.
func RecipientWarnings(action Action, prior Object, arguments Arguments) []Event {
	keeps, plaintext := action == Keep, !prior.Held.Secret.IsZero()
	switch {
	case action == Encrypt, keeps && plaintext && arguments.Recipients.Unknown:
		return []Event{{Kind: OlderStatesInPlaintext}}
	case keeps && prior.Held.Ciphertext != "" && !sameRecipients(arguments.Recipients, prior.Arguments.Recipients):
		return []Event{{Kind: RecipientsCountLater}}
	}
	return nil
}

func sameRecipients(a, b Recipients) bool {
	return a.Unknown == b.Unknown && (a.Keys == nil) == (b.Keys == nil) && slices.Equal(a.Keys, b.Keys)
}

// CheckRotation asks, while a plan is made, whether a secret that may sign the
// rotation is accepted. That none is, fails the plan where the occasion allows it.
func (r *Rotator) CheckRotation(ctx context.Context, prior *Object, occasion Occasion, memory Memory) []Event {
	if r.config.API == nil {
		return nil
	}
	if of, another := r.plannedOfAnother(prior, occasion, memory); another {
		return []Event{{Kind: RotationOfAnother, Owner: of}}
	}
	if r.config.SkipValidation {
		return nil
	}
	var last error
	seen, events := r.loadRecovered()
	for _, s := range seen.signers() {
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
		return owner(prior.Held, history), r.OfAnother(prior.Held, history)
	case occasion == Replacement && (history.IntegratorKey != r.config.IntegratorKey || history.Endpoint != r.config.Endpoint):
		return history, true
	}
	// Only Read is shown a tainted object.
	if another := r.Seen().ofAnother; len(another) > 0 {
		return owner(another[0].Held, another[0].history), true
	}
	return History{}, false
}

// CheckImport reports what keeps the configured secret from being adopted for the
// integrator that an import names.
func (r *Rotator) CheckImport(ctx context.Context, key string) []Event {
	if key != r.config.IntegratorKey {
		return []Event{{Kind: ImportOfAnother, Key: key}}
	}
	if r.config.SkipValidation {
		return nil
	}
	if err := r.probe(ctx, r.config.Configured); err != nil {
		return []Event{{Kind: ImportUnchecked, Err: err}}
	}
	return nil
}
