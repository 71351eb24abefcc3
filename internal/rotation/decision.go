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
	case seen.newest().history.Known():
		return TaintedReplacement
	default:
		return Creation
	}
}

// mayFail reports whether an error in the plan leaves a state as it is. Any other
// plan may be the one that Terraform makes again during apply, after Delete, where
// an error leaves an empty state.
func (o Occasion) mayFail() bool { return o == InPlace || o == Replacement }

// Due is whether rotate_after_days asks for a rotation.
type Due int

// The answers.
const (
	NotDue Due = iota
	IsDue
	DueUnknown // the days are unknown, or it falls due before the plan is too old to be applied
)

// Question is all that a decision depends on. Only the first field counts where it
// is set.
type Question struct {
	Created         bool // Terraform shows the plan no object: it makes a new one
	TriggersChanged bool
	Rotation        Due
	AdoptionDue     bool // as Refresh has found
	Plaintext       bool // state holds the secret in plaintext
	Recipients      bool // there are some, and they are known
}

// Decide answers the question. Terraform asks it again during apply, in another
// process, and the answer must be the same.
func Decide(q Question) Action {
	switch {
	case q.Created, q.TriggersChanged:
		return Rotate
	case q.Rotation == DueUnknown:
		return LeaveOpen
	case q.Rotation == IsDue:
		return Rotate
	case q.AdoptionDue:
		return Adopt
	case q.Plaintext && q.Recipients:
		return Encrypt
	default:
		return Keep
	}
}

// decide answers the Question of a plan that is going to be applied within that
// time.
func (r *Rotator) decide(prior *Object, planned Arguments, memory Memory, within time.Duration) Action {
	if prior == nil {
		return Decide(Question{Created: true})
	}
	return Decide(Question{
		TriggersChanged: prior.Arguments.Triggers.changed(planned.Triggers),
		Rotation:        due(*prior, planned.Days, memory.RotationDue, r.config.Clock(), within),
		AdoptionDue:     memory.AdoptionDue != "" && !r.ofAnother(prior.Held, memory.History),
		Plaintext:       !prior.Held.Secret.IsZero(),
		Recipients:      len(planned.Recipients.Keys) > 0,
	})
}

// due says whether a rotation is due by the days that are planned. For the days in
// state, Refresh has found it out. It depends on the clock only where they change,
// since Terraform asks again during apply: the plan is to be applied within that
// time.
func due(prior Object, planned Days, found bool, now time.Time, within time.Duration) Due {
	switch {
	case planned == Days{}:
		return NotDue
	case planned.Unknown:
		return DueUnknown
	case planned == prior.Arguments.Days && found:
		return IsDue
	case planned == prior.Arguments.Days:
		return NotDue
	}
	switch at := prior.Held.RotateAt(planned); {
	case at.IsZero():
		return NotDue
	case !now.Before(at):
		return IsDue
	case now.Add(within).After(at):
		return DueUnknown
	default:
		return NotDue
	}
}
