// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"reflect"
	"slices"
	"time"
)

// maxPlanAge is how old a plan can be that changes rotate_after_days and is still
// applied as it is, whenever a rotation falls due in between.
const maxPlanAge = 24 * time.Hour

// Planned is a plan for the secret.
type Planned struct {
	Action Action
	Memory Memory // for the apply, and for the second plan of a replacement
	Events []Event
	// Undated says that nothing is known of when the secret was made that is going to be
	// adopted, or what it replaced.
	Undated bool
}

// Plan decides what is done to the secret, and asks the API whether a rotation can
// be signed. Prior is nil for a new object. graceSet says that the configuration
// sets old_secret_valid_for_seconds.
func (r *Rotator) Plan(ctx context.Context, prior *Object, arguments Arguments, graceSet bool, memory Memory) Planned {
	planned := Planned{Memory: memory}
	if prior != nil {
		planned.Events = r.seePrior(prior.Held, memory.History)
	}
	seen := r.Seen()
	occasion := occasionOf(prior, memory, seen)
	planned.Action = r.decide(prior, arguments, memory, maxPlanAge)

	planned.Undated = planned.Action == Adopt && r.config.API != nil && memory.Undated
	planned.Memory.Planned = planned.Action
	planned.Memory.Replacing = occasion != InPlace
	planned.Memory.Unwarned = occasion == Replacement
	if occasion == TaintedReplacement {
		// Delete is shown this plan's memory, not that of the tainted object.
		planned.Memory.History = seen.newest().history
	}
	if r.config.Applying() {
		return planned // the plan before has said it all
	}
	if occasion != InPlace {
		planned.Events = append(planned.Events, r.ruleOut(arguments)...)
		planned.Events = append(planned.Events, seen.loadedOfAnother()...)
	}
	planned.Events = append(planned.Events, recipientWarnings(planned.Action, prior, arguments)...)
	var checked []Event
	if planned.Action == Rotate {
		checked = r.checkRotation(ctx, prior, occasion, memory)
	}
	if planned.Action == Rotate || planned.Action == LeaveOpen { // Terraform itself drops the warnings of a replacement
		planned.Events = append(planned.Events, r.warnings(occasion, arguments, graceSet, checked)...)
	}
	if planned.Action.NewSecret() {
		planned.Events = append(planned.Events, r.plaintextWarnings(arguments.Recipients)...)
	}
	planned.Events = append(planned.Events, checked...)
	return planned
}

// warnings are about what comes of applying a plan that rotates, or may. What was
// checked may say that nothing comes of it.
func (r *Rotator) warnings(occasion Occasion, arguments Arguments, graceSet bool, checked []Event) (events []Event) {
	fails := slices.ContainsFunc(checked, Event.refuses)
	switch {
	case occasion != Creation || !r.Seen().nothing():
		events = r.rotationWarnings(graceSet)
	case !fails:
		events = []Event{r.creationWarning(arguments, graceSet)}
	}
	if occasion != InPlace && !fails && r.unsealed() {
		events = append(events, Event{Kind: ReplacementUnsealed})
	}
	return events
}

// unsealed reports whether there is a secret in state that the recovery folder cannot
// keep while it is replaced.
func (r *Rotator) unsealed() bool {
	seen := r.Seen()
	held := seen.newest().Held
	known := held.Fingerprint == seen.Configured.Fingerprint() || seen.recovered(held.Fingerprint) != nil
	return !held.Imported() && !known && r.config.Store != nil && r.config.API != nil && !r.keepable(held, Recipients{}) // or else it is encrypted
}

// PlanDestroy returns the memory for a Delete, and warns of it unless the secret
// has a successor: then this is the end of a replacement.
func (r *Rotator) PlanDestroy(object Object, memory Memory) Planned {
	held := object.Held
	events := r.seePrior(held, memory.History)
	if !r.config.Applying() && !r.Seen().superseded(held.Fingerprint) {
		events = append(events, Event{Kind: SecretStaysValid, Kept: !r.ofAnother(held, memory.History) && r.keepable(held, object.Arguments.Recipients)})
	}
	memory.Replacing, memory.Unwarned = false, false // a replacement that failed in Delete has left them set
	return Planned{Memory: memory, Events: events}
}

func (r *Rotator) seePrior(held Held, history History) (events []Event) {
	if r.ofAnother(held, history) {
		r.learn(func(s Seen) Seen { // plans are shown it, so it is not tainted
			s.ofAnother = slices.DeleteFunc(slices.Clone(s.ofAnother), func(o *stateSecret) bool { return o.Fingerprint == held.Fingerprint })
			return s
		})
		return nil
	}
	_, _, events = r.seeStored(held, history)
	return events
}

// rotationWarnings are about a rotation that is planned, or may come of the plan.
func (r *Rotator) rotationWarnings(graceSet bool) (events []Event) {
	if !graceSet {
		events = append(events, Event{Kind: GraceNotSet})
	}
	if newest := r.Seen().newest(); newest.OldSecretExpiresAt.After(r.config.Clock()) {
		events = append(events, Event{Kind: OlderSecretMayEnd, At: newest.OldSecretExpiresAt})
	}
	return events
}

// creationWarning is about a new secret where none was seen in a state: the one in use
// is somebody else's, who may want to keep it. It may yet be a replacement, of an
// object that Terraform does not show.
func (r *Rotator) creationWarning(arguments Arguments, graceSet bool) Event {
	seen := r.Seen()
	return Event{
		Kind:     CreationPlanned,
		Owner:    History{IntegratorKey: r.config.IntegratorKey, Endpoint: r.config.Endpoint},
		Planned:  arguments,
		GraceSet: graceSet,
		MayResume: slices.ContainsFunc(seen.Recovered, func(e Recovered) bool {
			return e.opened() && r.sameRotation(e, arguments, seen)
		}),
	}
}

// plaintextWarnings are about a new secret that is to be stored in plaintext,
// after one that is encrypted.
func (r *Rotator) plaintextWarnings(recipients Recipients) []Event {
	if r.Seen().newest().Ciphertext == "" || recipients.Unknown || len(recipients.Keys) > 0 {
		return nil
	}
	return []Event{{Kind: PlaintextPlanned}}
}

// recipientWarnings are about recipients in a plan that keeps the secret.
func recipientWarnings(action Action, prior *Object, arguments Arguments) []Event {
	if prior == nil {
		return nil
	}
	keeps, plaintext := action == Keep, !prior.Held.Secret.IsZero()
	switch {
	case action == Encrypt, keeps && plaintext && arguments.Recipients.Unknown:
		return []Event{{Kind: OlderStatesInPlaintext}}
	case keeps && prior.Held.Ciphertext != "" && !reflect.DeepEqual(arguments.Recipients, prior.Arguments.Recipients):
		return []Event{{Kind: RecipientsCountLater}}
	}
	return nil
}

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
