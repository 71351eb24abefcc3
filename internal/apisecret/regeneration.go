// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package apisecret

import (
	"errors"
	"time"
)

// MaxGracePeriod is the longest that the API keeps an old secret valid.
const MaxGracePeriod = time.Hour

// If the API says one of these of the secret that signed a call, errors.Is finds
// it in the error of the call.
var (
	// ErrRefused says that the API does not accept the secret: it is not, or no
	// longer, valid, or the clocks differ. A 401 that is about another credential
	// says nothing of the secret.
	ErrRefused = errors.New("the API refuses the secret")
	// ErrForbidden says that this integrator may not make the call (403). It is then
	// not known whether the API accepts the secret, and asking again does not help.
	ErrForbidden = errors.New("the API forbids the call")
)

// Outcome is what became of one attempt to regenerate the secret. The reply is the
// only copy of the new secret and the call is not idempotent, so what to do next
// depends on whether the API can have acted.
type Outcome int

// The outcomes.
const (
	Regenerated         Outcome = iota // the reply had the new secret
	NotSent                            // DNS, dial, TLS or proxy failed: the headers were not written
	NotSentForGood                     // likewise, and trying again cannot help
	RateLimited                        // 429
	SecretRefused                      // 401 because of this secret or the clock, or without a word
	BearerRefused                      // 401 because of the user API key
	Refused                            // 401 because of the integrator's key, 403, other 4xx, any 3xx
	Retryable                          // the API says that the same request may succeed later
	RetryableAfterFault                // likewise with a 5xx, so the API may have acted
	Ambiguous                          // cut after the headers, another 5xx, a reply cut short
	Unreadable                         // a complete success without a readable secret
	NotFromAPI                         // a success that is no JSON object: something else may have answered
	Unanswered                         // no answer in time, or a 504 and its like: the API may still be at work
)

// Effect is what an outcome says about the secret.
type Effect int

// The effects.
const (
	Unchanged Effect = iota // nothing was regenerated
	Unknown                 // it may have been, now or later
	Changed                 // it was
)

// Effect is what the outcome says about the secret.
func (o Outcome) Effect() Effect {
	switch o {
	case NotSent, NotSentForGood, RateLimited, SecretRefused, BearerRefused, Refused, Retryable:
		return Unchanged
	case RetryableAfterFault, Ambiguous, NotFromAPI, Unanswered:
		return Unknown
	case Regenerated, Unreadable:
		return Changed
	}
	return Unknown
}

// RegenerateInput asks for a new secret. GracePeriod, in whole seconds up to
// MaxGracePeriod, is how long the old one stays valid. Signers are the secrets
// that may sign the request, the likeliest first. Without any, the newest one that
// the client knows signs.
type RegenerateInput struct {
	GracePeriod time.Duration
	Signers     []Secret
}

// RegeneratedSecret is a new secret. The API shows it only once.
type RegeneratedSecret struct {
	Secret             Secret
	ObtainedAt         time.Time
	OldSecretExpiresAt time.Time // zero if the API gave none
	SignedWith         Secret
	SentAt             time.Time // when the request was sent that made it
	RequestID          string

	// GraceCut says that the old secret expires earlier than was asked for: at
	// OldSecretExpiresAt or, where that is zero, as far as is known at once.
	GraceCut bool
	// OddExpiry is what the API gave as expiry, if that is not a plausible time.
	// OldSecretExpiresAt is zero then.
	OddExpiry string
	// AmbiguousSince is when an earlier attempt was sent whose reply was lost, and
	// which may have regenerated the secret too; zero if there was none.
	AmbiguousSince time.Time
}

// RegenerateError says why there is no new secret.
type RegenerateError struct {
	Outcome    Outcome // of the last attempt
	Err        error   // the client's error for that attempt, or the context's error
	SignedWith Secret  // that attempt was

	GracePeriod time.Duration
	// AmbiguousSince is when the first attempt was sent that may have regenerated
	// the secret; zero if there was none. OldSecretExpiresAt is when the old secret
	// expires, by the API's clock, if that attempt did.
	AmbiguousSince     time.Time
	OldSecretExpiresAt time.Time
	// AmbiguousAttempts counts the attempts that may have regenerated it. With more
	// than one, the old secret may have expired already.
	AmbiguousAttempts int
	// Reply is the body of a success without a readable secret, from the API or not;
	// zero if it was empty.
	Reply Secret
}

func (e *RegenerateError) Error() string { return "no new secret: " + e.Err.Error() }

func (e *RegenerateError) Unwrap() error { return e.Err }

// Effect says whether the secret was regenerated, over all attempts.
func (e *RegenerateError) Effect() Effect {
	effect := e.Outcome.Effect()
	if effect == Unchanged && !e.AmbiguousSince.IsZero() {
		return Unknown
	}
	return effect
}
