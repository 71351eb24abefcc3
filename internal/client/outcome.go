// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import "net/http"

// Outcome is what the answer to one attempt at regenerating the secret means.
// The reply is the only copy of the new secret and the call is not idempotent,
// so everything hangs on whether the API can have acted.
type Outcome int

// The outcomes. judge tells which one an answer is, rule what follows from it.
const (
	Regenerated       Outcome = iota // the new secret is in hand
	NotSent                          // DNS, dial, TLS, proxy: the headers were never written
	NotSentForGood                   // the same, and trying again cannot help
	RateLimited                      // 429
	SecretRefused                    // 401: this secret, or the clock
	BearerRefused                    // 401: the user API key
	Refused                          // 403, other 4xx, any 3xx
	Invited                          // the API invites the same request again
	InvitedAfterFault                // the same from a 5xx, after which it may be done
	Ambiguous                        // cut after the headers, other 5xx, a reply cut short
	Unreadable                       // a complete success without a readable secret
	Unanswered                       // no answer in time, 504: perhaps still running
)

// Effect is what an outcome says about the secret.
type Effect int

// The effects, from certain to certain.
const (
	Unchanged Effect = iota // nothing was regenerated
	Unknown                 // it may have been, now or later
	Changed                 // it was
)

type next int

const (
	stop next = iota
	again
	nextSigner
	resendOnce
)

// rule is the table of outcomes: what each says about the secret, and what is
// done next.
func (o Outcome) rule() (Effect, next) {
	switch o {
	case Regenerated:
		return Changed, stop
	case NotSent:
		return Unchanged, again
	case NotSentForGood:
		return Unchanged, stop
	case RateLimited:
		return Unchanged, again
	case SecretRefused:
		return Unchanged, nextSigner
	case BearerRefused:
		return Unchanged, stop
	case Refused:
		return Unchanged, stop
	case Invited:
		return Unchanged, again
	case InvitedAfterFault:
		return Unknown, again
	case Ambiguous: // a lost secret can only be replaced
		return Unknown, resendOnce
	case Unreadable: // another call would burn another secret
		return Changed, stop
	case Unanswered: // a late twin would kill the newer secret
		return Unknown, stop
	}
	return Unknown, stop
}

// judge reads an answer: a complete reply (a problem where it is no success) or
// a failure to get one.
func judge(readable bool, problem *Error, failed *TransportError) Outcome {
	switch {
	case readable:
		return Regenerated
	case failed != nil && !failed.Sent && failed.permanent():
		return NotSentForGood
	case failed != nil && !failed.Sent:
		return NotSent
	case failed != nil && (failed.Timeout || failed.status == http.StatusGatewayTimeout):
		return Unanswered
	case failed != nil:
		return Ambiguous
	case problem == nil:
		return Unreadable
	case problem.Status == http.StatusGatewayTimeout:
		return Unanswered
	case problem.Status == http.StatusTooManyRequests:
		return RateLimited
	case problem.BearerRefused():
		return BearerRefused
	case problem.SecretRefused():
		return SecretRefused
	case problem.Retryable && problem.Status >= 500:
		return InvitedAfterFault
	case problem.Retryable:
		return Invited
	case problem.Status >= 500:
		return Ambiguous
	default:
		return Refused
	}
}
