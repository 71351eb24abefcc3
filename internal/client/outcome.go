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
	case apisecret.Unreadable, // another call would end one more secret
		apisecret.Unanswered, // the first request may still complete and end the newer secret
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
	if _, ok := errors.AsType[*noSecretError](err); ok {
		return apisecret.Unreadable
	}
	return apisecret.NotSent // the context ended before the attempt
}

func (e *TransportError) outcome() apisecret.Outcome {
	switch {
	case !e.Sent && e.permanent():
		return apisecret.NotSentForGood
	case !e.Sent:
		return apisecret.NotSent
	case e.Timeout || e.status == http.StatusGatewayTimeout:
		return apisecret.Unanswered
	default:
		return apisecret.Ambiguous
	}
}

func (e *Error) outcome() apisecret.Outcome {
	switch {
	case e.Status == http.StatusGatewayTimeout:
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
