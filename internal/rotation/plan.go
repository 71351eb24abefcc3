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
