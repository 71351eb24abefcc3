// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import "time"

// Action is what a plan does to the secret.
type Action string

// The actions.
const (
	Keep    Action = ""
	Rotate  Action = "rotate"
	Adopt   Action = "adopt"   // store a live secret that was found in place of the one in state
	Encrypt Action = "encrypt" // the secret in state, for the recipients that were added
	// LeaveOpen lets the apply decide: rotate_after_days is unknown until then, or
	// has been changed so that a rotation may be due by then.
	LeaveOpen Action = "open"
)

// NewSecret reports whether the action gives a new secret, or may.
func (a Action) NewSecret() bool { return a != Keep && a != Encrypt }

// Occasion is what a plan is about. Severity, what is carried along and what
// Terraform will not show follow from it.
type Occasion int

// The occasions. The plan that Terraform makes again during apply looks like a
// Creation where it replaces an object, or, after Delete, like the replacement of
// a tainted object: it is shown no memory.
const (
	// InPlace is a plan that Terraform shows an object.
	InPlace Occasion = iota
	// Creation is a plan for which nothing was seen in a state.
	Creation
	// Replacement is the second plan of a replacement. Terraform shows it the memory
	// of the first one, and drops its warnings.
	Replacement
	// TaintedReplacement is the plan to replace a tainted object. Terraform passes
	// that to Read, but plans it as a create.
	TaintedReplacement
)

// occasionOf works out the occasion of a plan from what Terraform shows it and
// what this process has seen before.
func occasionOf(prior *Object, memory Memory, seen Seen) Occasion {
	switch {
	case prior != nil:
		return InPlace
	case memory.Known():
		return Replacement
	case seen.history().Known():
		return TaintedReplacement
	default:
		return Creation
	}
}

// mayFail reports whether an error in the plan leaves a state as it is. Any other
// plan may be the one that Terraform makes again during apply, after Delete, where
// an error leaves an empty state.
func (o Occasion) mayFail() bool { return o == InPlace || o == Replacement }

// Schedule is what a plan makes of rotate_after_days.
type Schedule int

// The schedules.
const (
	NoSchedule      Schedule = iota
	SameSchedule             // as in state
	ChangedSchedule          // another number of days than in state
	UnknownSchedule          // known only after apply
)

// Age is how old a secret is, by the number of days that is planned.
type Age int

// The ages.
const (
	Young  Age = iota
	Nearly     // due before the plan is too old to be applied
	Due
)

// Question is all that a decision depends on.
type Question struct {
	Created         bool // Terraform shows the plan no object: it makes a new one
	TriggersChanged bool
	Schedule        Schedule
	Age             Age  // of consequence with ChangedSchedule only
	RotationDue     bool // as Refresh has found
	AdoptionDue     bool // likewise
	Plaintext       bool // state holds the secret in plaintext
	Recipients      bool // there are some, and they are known
}

// Decide answers the question. Terraform asks it again during apply, in another
// process, and the answer must be the same: so it depends on the clock only where
// rotate_after_days itself has changed.
func Decide(q Question) Action {
	rotationDue := q.RotationDue
	switch q.Schedule {
	case NoSchedule:
		rotationDue = false
	case ChangedSchedule:
		rotationDue = q.Age == Due
	case SameSchedule, UnknownSchedule:
	}
	switch {
	case q.Created, q.TriggersChanged:
		return Rotate
	case q.Schedule == UnknownSchedule, q.Schedule == ChangedSchedule && q.Age == Nearly:
		return LeaveOpen
	case rotationDue:
		return Rotate
	case q.AdoptionDue:
		return Adopt
	case q.Plaintext && q.Recipients:
		return Encrypt
	default:
		return Keep
	}
}

// question puts what a plan depends on into a Question. The plan is applied within
// that time.
func (r *Rotator) question(prior *Object, planned Arguments, rotationDue, adoptionDue bool, within time.Duration) Question {
	if prior == nil {
		return Question{Created: true}
	}
	q := Question{
		TriggersChanged: prior.Arguments.Triggers.changed(planned.Triggers),
		RotationDue:     rotationDue,
		AdoptionDue:     adoptionDue,
		Plaintext:       !prior.Held.Secret.IsZero(),
		Recipients:      len(planned.Recipients.Keys) > 0,
	}
	switch days := planned.Days; {
	case days.Unknown:
		q.Schedule = UnknownSchedule
	case days == Days{}:
		q.Schedule = NoSchedule
	case days == prior.Arguments.Days:
		q.Schedule = SameSchedule
	default:
		q.Schedule = ChangedSchedule
	}
	if at, now := prior.Held.RotateAt(planned.Days), r.config.Clock(); !at.IsZero() {
		switch {
		case !now.Before(at):
			q.Age = Due
		case now.Add(within).After(at):
			q.Age = Nearly
		}
	}
	return q
}
