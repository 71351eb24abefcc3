// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

type next int

const (
	stop next = iota
	again
	nextSigner
	resendOnce
)

// then says what is done after an outcome.
func then(o apisecret.Outcome) next {
	switch o {
	case apisecret.NotSent, apisecret.RateLimited, apisecret.Retryable, apisecret.RetryableAfterFault:
		return again
	case apisecret.SecretRefused:
		return nextSigner
	case apisecret.Ambiguous: // a lost secret can only be replaced
		return resendOnce
	case apisecret.Unreadable: // another call would end one more secret
		return stop
	case apisecret.Unanswered: // the first request may still complete and end the newer secret
		return stop
	case apisecret.Regenerated, apisecret.NotSentForGood, apisecret.BearerRefused, apisecret.Refused:
		return stop
	}
	return stop
}

// judge reads an answer: a complete reply (a problem where it is no success) or
// a failure to get one.
func judge(readable bool, problem *Error, failed *TransportError) apisecret.Outcome {
	switch {
	case readable:
		return apisecret.Regenerated
	case failed != nil && !failed.Sent && failed.permanent():
		return apisecret.NotSentForGood
	case failed != nil && !failed.Sent:
		return apisecret.NotSent
	case failed != nil && (failed.Timeout || failed.status == http.StatusGatewayTimeout):
		return apisecret.Unanswered
	case failed != nil:
		return apisecret.Ambiguous
	case problem == nil:
		return apisecret.Unreadable
	case problem.Status == http.StatusGatewayTimeout:
		return apisecret.Unanswered
	case problem.Status == http.StatusTooManyRequests:
		return apisecret.RateLimited
	case problem.BearerRefused():
		return apisecret.BearerRefused
	case problem.SecretRefused():
		return apisecret.SecretRefused
	case problem.Retryable && problem.Status >= 500:
		return apisecret.RetryableAfterFault
	case problem.Retryable:
		return apisecret.Retryable
	case problem.Status >= 500:
		return apisecret.Ambiguous
	default:
		return apisecret.Refused
	}
}
