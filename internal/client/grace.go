// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// maxClockDifference is what the API accepts between its clock and the time in a
// signature.
const maxClockDifference = 300 * time.Second

// result completes the new secret with times. After an ambiguous attempt, the
// expiry in the reply may be that of the secret which was lost with that attempt.
// The old secret that is in use then expires earlier.
func (r *regeneration) result() *apisecret.RegeneratedSecret {
	made := r.made
	made.SentAt, made.ObtainedAt = r.sentAt, r.client.config.Clock()
	made.AmbiguousSince = r.ambiguousSince
	if expiry := made.OldSecretExpiresAt; !expiry.IsZero() && !r.plausible(expiry) {
		made.OddExpiry, made.OldSecretExpiresAt = expiry.Format(time.RFC3339), time.Time{}
	}
	made.GraceCut = r.grace > 0 && made.OddExpiry == "" && r.early(made.OldSecretExpiresAt)
	if r.ambiguous > 0 && r.grace > 0 {
		earliest := r.oldSecretExpiresAt()
		if expiry := made.OldSecretExpiresAt; expiry.IsZero() || earliest.Before(expiry) {
			made.OldSecretExpiresAt, made.OddExpiry = earliest, ""
		}
	}
	return made
}

// oldSecretExpiresAt is when the old secret expires, by the API's clock, if the
// first ambiguous attempt regenerated it.
func (r *regeneration) oldSecretExpiresAt() time.Time {
	return r.ambiguousSince.Add(r.client.ClockOffset()).Add(r.grace)
}

// plausible reports whether an old secret can have this expiry: not before it was
// replaced, and not after the grace period.
func (r *regeneration) plausible(expiry time.Time) bool {
	const tolerance = 15 * time.Minute // clocks may differ by 5 min, and replies may be slow
	offset := r.client.ClockOffset()
	first, last := r.sentAt.Add(offset), r.made.ObtainedAt.Add(offset).Add(r.grace)
	return !expiry.Before(first.Add(-tolerance)) && !expiry.After(last.Add(tolerance))
}

// early reports whether an expiry, or none, means that the grace period is clearly
// shorter than was asked for. The API counts it from no earlier than the request.
func (r *regeneration) early(expiry time.Time) bool {
	tolerance := min(max(30*time.Second, r.grace/10), r.grace/2)
	local := r.made.ObtainedAt.Add(r.client.ClockOffset())
	server := r.date
	if server.Sub(local).Abs() > maxClockDifference+time.Minute { // that is no clock of the API, or there is none
		server = local
		tolerance += maxClockDifference
	}
	sent := server.Add(r.sentAt.Sub(r.made.ObtainedAt))
	return expiry.Before(sent.Add(r.grace - tolerance))
}
