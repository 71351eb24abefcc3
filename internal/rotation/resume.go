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

// maxResumeAge is how old a secret can be that a creation still takes for its own:
// with nothing in state, nothing else tells whether it is the newest.
const maxResumeAge = 24 * time.Hour

// resume returns the secret that an interrupted run of this same rotation left in
// the recovery folder, if it is live; nil if there is none. Every doubt leaves it
// at that the secret signs, which loses nothing. A rotation would invalidate a secret
// that cannot be checked for the moment: then it may not go on.
func (r *Rotator) resume(ctx context.Context, arguments Arguments, seen Seen) (resumed *newSecret, remarks []Event, mayRotate bool) {
	for _, e := range seen.Recovered { // the newest first
		if e.Kind != recovery.Made || seen.holds(e.Fingerprint) || seen.supersedes(e.Fingerprint) {
			continue
		}
		same := r.sameRotation(e, arguments, seen)
		if !e.opened() {
			if !same {
				continue
			}
			if r.config.StoreRequired && !r.anotherConfigured(ctx, e, seen) {
				return nil, append(remarks, Event{Kind: RecoveryUndecryptable, Copies: e.copies()}), false
			}
			return nil, append(remarks, Event{Kind: RecoveryUnopened, Copies: e.copies()}), true
		}
		err := r.config.API.Probe(ctx, e.secret)
		switch {
		case refused(err):
			remarks = append(remarks, Event{Kind: RecoveryDead})
			continue
		case !same, errors.Is(err, apisecret.ErrForbidden):
			return nil, remarks, true // nor may an older one be taken
		case err != nil:
			return nil, append(remarks, Event{Kind: RecoveryUnchecked, Err: err, Copies: e.copies()}), false
		case r.anotherConfigured(ctx, e, seen):
			return nil, remarks, true
		}
		return e.asNew(), append(remarks, Event{Kind: RotationResumed, At: e.ObtainedAt, Copies: e.copies()}), false
	}
	return nil, remarks, true
}

// sameRotation reports whether an entry is the outcome of the rotation with these
// arguments, run before on the same state.
func (r *Rotator) sameRotation(e Recovered, arguments Arguments, seen Seen) bool {
	switch {
	case e.Kind != recovery.Made, e.Triggers != arguments.Triggers.fingerprint(), r.overdue(e, arguments.Days):
		return false
	case len(seen.inState) == 0:
		return e.Created && r.config.Clock().Sub(e.SentAt) < maxResumeAge
	}
	return slices.ContainsFunc(seen.inState, func(state *stateSecret) bool { return e.continues(state.Fingerprint) })
}

// overdue reports whether an entry is so old that rotate_after_days rotates it: the
// next plan would do so.
func (r *Rotator) overdue(e Recovered, days Days) bool {
	at := Held{Fingerprint: e.Fingerprint, RotatedAt: e.ObtainedAt}.RotateAt(days)
	return !at.IsZero() && !r.config.Clock().Before(at)
}

// anotherConfigured reports whether somebody has configured a secret that may be
// newer than the entry's.
func (r *Rotator) anotherConfigured(ctx context.Context, e Recovered, seen Seen) bool {
	return !seen.Configured.IsZero() && !e.knows(seen.Configured.Fingerprint()) && !refused(r.config.API.Probe(ctx, seen.Configured))
}

// asNew is the entry's secret, to be put in the place of the one in state.
func (e Recovered) asNew() *newSecret {
	return &newSecret{
		secret:             e.secret,
		obtainedAt:         e.ObtainedAt,
		oldSecretExpiresAt: e.OldSecretExpiresAt,
		made:               !e.ObtainedAt.IsZero(),
		older:              append(slices.Clone(e.Superseded), e.InState...),
		unproven:           e.Unproven,
	}
}

// ruleOut makes those entries only sign that a plan knows not to be the outcome of
// the rotation it plans. The apply, another process, may be shown nothing of the
// state.
func (r *Rotator) ruleOut(arguments Arguments) []Event {
	seen, events := r.loadRecovered()
	for _, e := range seen.Recovered {
		if len(seen.inState) == 0 || e.Kind != recovery.Made || !seen.holds(e.Fingerprint) && r.sameRotation(e, arguments, seen) {
			continue
		}
		if err := r.config.Store.Keep(e.Found); err != nil {
			events = append(events, Event{Kind: RecoveryUnwritten, Err: err})
		}
	}
	return events
}
