// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"reflect"
	"slices"
)

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
	return !held.Imported() && !seen.available(held.Fingerprint) && r.config.Store != nil && r.config.API != nil && !r.keepable(held, Recipients{}) // or else it is encrypted
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
