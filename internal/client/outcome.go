// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"net/http"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// next is what the client does after an attempt that failed.
type next int

const (
	stop next = iota
	retry
	nextSigner
	resendOnce
)

// afterRegeneration says what follows an outcome of regenerating the secret.
func afterRegeneration(o apisecret.Outcome) next {
	switch o {
	case apisecret.NotSent, apisecret.RateLimited, apisecret.Retryable, apisecret.RetryableAfterFault:
		return retry
	case apisecret.SecretRefused:
		return nextSigner
	case apisecret.Ambiguous: // if the new secret is lost, only another one can replace it
		return resendOnce
	case apisecret.Unreadable, // another call would invalidate one more secret
		apisecret.NotFromAPI, // another call would most likely get the same answer
		apisecret.Unanswered, // the first request may still complete and invalidate the newer secret
		apisecret.Regenerated, apisecret.NotSentForGood, apisecret.BearerRefused, apisecret.Refused:
	}
	return stop
}

// afterWrite says what follows an outcome of another write: it is sent again if
// it provably changed nothing, or if it is idempotent.
func afterWrite(o apisecret.Outcome, idempotent bool) next {
	switch {
	case o == apisecret.NotSent, o == apisecret.RateLimited, idempotent && o.Effect() == apisecret.Unknown:
		return retry
	case o == apisecret.SecretRefused: // which may be due to the clock
		return nextSigner
	}
	return stop
}

// judge says what the error of an attempt means.
func judge(err error) apisecret.Outcome {
	if failed, ok := errors.AsType[*TransportError](err); ok {
		return failed.outcome()
	}
	if problem, ok := errors.AsType[*Error](err); ok {
		return problem.outcome()
	}
	if odd, ok := errors.AsType[*ReplyError](err); ok {
		return odd.outcome()
	}
	return apisecret.NotSent // no attempt was made: the context has ended, or the process is an orphan
}

func (e *TransportError) outcome() apisecret.Outcome {
	switch {
	case !e.Sent && e.permanent():
		return apisecret.NotSentForGood
	case !e.Sent:
		return apisecret.NotSent
	case e.Timeout || perhapsAtWork(e.status):
		return apisecret.Unanswered
	default:
		return apisecret.Ambiguous
	}
}

func (e *ReplyError) outcome() apisecret.Outcome {
	if e.NotFromAPI {
		return apisecret.NotFromAPI
	}
	return apisecret.Unreadable
}

func (e *Error) outcome() apisecret.Outcome {
	switch {
	case e.Status < http.StatusOK: // 101, which the API does not know
		return apisecret.NotFromAPI
	case perhapsAtWork(e.Status):
		return apisecret.Unanswered
	case e.Status == http.StatusTooManyRequests:
		return apisecret.RateLimited
	case e.BearerRefused():
		return apisecret.BearerRefused
	case e.SecretRefused():
		return apisecret.SecretRefused
	case e.Retryable && e.Status >= 500:
		return apisecret.RetryableAfterFault
	case e.Retryable:
		return apisecret.Retryable
	case e.Status >= 500:
		return apisecret.Ambiguous
	default:
		return apisecret.Refused
	}
}

// perhapsAtWork reports whether a status says that something in front of the API
// stopped waiting for it, or believes that the client did. The API may still be
// at work on the request.
func perhapsAtWork(status int) bool {
	const (
		loadBalancerClosed = 460 // AWS
		clientClosed       = 499 // nginx
		originTimeout      = 524 // Cloudflare
	)
	switch status {
	case http.StatusRequestTimeout, loadBalancerClosed, clientClosed, http.StatusGatewayTimeout, originTimeout:
		return true
	}
	return false
}
