// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// keep puts the secret of an object that is about to leave the state into the
// recovery folder. If a folder that somebody has chosen cannot keep it, the
// replacement of the object fails.
func (r *Rotator) keep(object Object, memory Memory) (result Result) {
	held := object.Held
	if held.Imported() || r.config.Store == nil {
		return result
	}
	record := recovery.Record{
		Kind:               recovery.Kept,
		Fingerprint:        held.Fingerprint,
		SentAt:             time.Unix(held.Version, 0).UTC(),
		ObtainedAt:         held.RotatedAt,
		OldSecretExpiresAt: held.OldSecretExpiresAt,
		Superseded:         memory.Superseded,
	}
	seen, events := r.loadRecovered()
	result.Events = events
	for _, e := range seen.Recovered {
		if e.Fingerprint == held.Fingerprint { // it knows more
			record = e.Record
			record.Kind = recovery.Kept
		}
	}
	copies, err := r.sealedHeld(held, object.Arguments.Recipients)
	if err == nil && len(copies) > 0 {
		err = r.config.Store.Save(record, copies)
	}
	switch {
	case err != nil && r.config.StoreRequired && memory.Replacing:
		return result.failed(Event{Kind: RecoveryRequired, Err: err})
	case err != nil:
		result.Events = append(result.Events, Event{Kind: RecoveryOff, Err: err})
	}
	return result
}

// sealedHeld are the copies of a secret that a state holds, for the recovery
// folder; none if nothing can seal it.
func (r *Rotator) sealedHeld(held Held, recipients Recipients) ([]recovery.Copy, error) {
	switch {
	case held.Ciphertext != "":
		return sealed(held.Secret, held.Ciphertext, nil, ""), nil
	case len(recipients.Keys) == 0:
		return sealed(held.Secret, "", r.sealers(held.Fingerprint), ""), nil
	}
	seal, err := r.config.Seal(recipients.Keys)
	if err != nil {
		return nil, err
	}
	return sealed(held.Secret, seal(held.Secret), nil, ""), nil
}

// keepable reports whether Delete is going to keep a secret of a state.
func (r *Rotator) keepable(held Held, recipients Recipients) bool {
	seen := r.Seen()
	configured := seen.Configured.Fingerprint()
	return r.config.Store != nil && !held.Imported() &&
		(held.Ciphertext != "" || len(recipients.Keys) > 0 || configured != held.Fingerprint && seen.supersedes(configured))
}

// keepForgotten keeps what Terraform may have dropped from the state without a
// Delete: objects that it has loaded in this apply, and shown to nothing else.
func (r *Rotator) keepForgotten() (events []Event, forgotten bool) {
	seen := r.Seen()
	for _, state := range seen.inState {
		if !state.raw || seen.superseded(state.Fingerprint) {
			continue
		}
		forgotten = true
		events = append(events, r.keep(Object{Held: state.Held}, Memory{}).Events...)
	}
	return events, forgotten
}
