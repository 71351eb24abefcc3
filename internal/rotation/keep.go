// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// keep puts the secret of an object that is about to leave the state into the
// recovery folder. If a folder that somebody has chosen cannot keep it, or what is to
// come, the replacement of the object fails.
func (r *Rotator) keep(ctx context.Context, object Object, memory Memory) (result Result) {
	held := object.Held
	if held.Imported() || r.config.Store == nil {
		return result
	}
	seen, events := r.loadRecovered()
	result.Events = events
	r.vouch(ctx, seen, memory.History)
	copies, err := r.sealedHeld(held, object.Arguments.Recipients)
	if err == nil && len(copies) > 0 {
		err = r.config.Store.Save(keptRecord(held, memory.History, seen), copies)
	}
	if err == nil && memory.Replacing && r.config.StoreRequired {
		err = r.checkRoom()
	}
	switch {
	case err != nil && r.config.StoreRequired && memory.Replacing:
		return result.failed(Event{Kind: RecoveryRequired, Err: err})
	case err != nil:
		result.Events = append(result.Events, Event{Kind: KeepFailed, Err: err})
	case len(copies) == 0 && memory.Replacing && !seen.available(held.Fingerprint):
		result.Events = append(result.Events, Event{Kind: KeepUnsealed})
	}
	return result
}

// vouch asks about the configured secret where the state does not tell whether it is
// one of this integrator: Terraform shows no private state of an object that is
// tainted and was not refreshed, or forgotten.
func (r *Rotator) vouch(ctx context.Context, seen Seen, history History) {
	if !history.Known() && r.config.API != nil && !r.config.SkipValidation && !seen.Configured.IsZero() && !r.vouchedFor(seen) {
		_ = r.probe(ctx, seen.Configured)
	}
}

// keptRecord is what is known of a secret that is to be kept. An entry that is there
// knows more than the state.
func keptRecord(held Held, history History, seen Seen) recovery.Record {
	record := recovery.Record{
		Kind:               recovery.Kept,
		Fingerprint:        held.Fingerprint,
		SentAt:             time.Unix(held.Version, 0).UTC(),
		ObtainedAt:         held.RotatedAt,
		OldSecretExpiresAt: held.OldSecretExpiresAt,
		Superseded:         slices.Clone(history.Superseded),
	}
	e := seen.recovered(held.Fingerprint)
	if e == nil || e.SentAt.IsZero() { // a process was killed before it wrote the record
		return record
	}
	older := slices.DeleteFunc(record.Superseded, func(o string) bool { return slices.Contains(e.Superseded, o) })
	record = e.Record
	record.Kind, record.Superseded = recovery.Kept, slices.Concat(e.Superseded, older)
	return record
}

// checkRoom returns an error if the folder has no room for what Create is going to
// make.
func (r *Rotator) checkRoom() error {
	reservation, err := r.config.Store.Reserve([]string{""})
	if err == nil {
		reservation.Release()
	}
	return err
}

// sealedHeld are the copies of a secret that a state holds, for the recovery
// folder; none if nothing can seal it.
func (r *Rotator) sealedHeld(held Held, recipients Recipients) ([]recovery.Copy, error) {
	switch {
	case held.Ciphertext != "":
		return sealed(held.Secret, held.Ciphertext, nil, nil), nil
	case len(recipients.Keys) == 0:
		return sealed(held.Secret, "", r.sealers(held.Fingerprint), nil), nil
	}
	seal, err := r.config.Seal(recipients.Keys)
	if err != nil {
		return nil, err
	}
	return sealed(held.Secret, seal(held.Secret), nil, nil), nil
}

// keepable reports whether Delete is going to keep a secret of a state.
func (r *Rotator) keepable(held Held, recipients Recipients) bool {
	seen := r.Seen()
	configured := seen.Configured.Fingerprint()
	return r.config.Store != nil && !held.Imported() &&
		(held.Ciphertext != "" || len(recipients.Keys) > 0 || configured != held.Fingerprint && seen.names(configured))
}

// keepForgotten keeps what Terraform may have dropped from the state without a
// Delete: objects that it has loaded in this apply, and shown to nothing else.
func (r *Rotator) keepForgotten(ctx context.Context) (result Result, forgotten bool) {
	seen := r.Seen()
	for _, state := range seen.inState {
		if !state.raw || seen.superseded(state.Fingerprint) {
			continue
		}
		forgotten = true
		kept := r.keep(ctx, Object{Held: state.Held}, Memory{Replacing: true})
		result.Events, result.Failed = append(result.Events, kept.Events...), result.Failed || kept.Failed
	}
	return result, forgotten
}
