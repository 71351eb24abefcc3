// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// outcomes are what can become of requests for a new secret. Where there are
// fewer faults than requests, the API answers as usual.
func outcomes() []outcome {
	var (
		once    = func(faults ...emulator.Fault) []emulator.Fault { return faults }
		each    = func(fault emulator.Fault) []emulator.Fault { fault.Times = -1; return once(fault) }
		drop    = emulator.Fault{Drop: true}
		problem = func(status int, kind, detail string) emulator.Fault {
			return emulator.Problem(status, kind, http.StatusText(status), detail)
		}
		retryable = func(status int, kind string) emulator.Fault {
			return emulator.Problem(status, kind, http.StatusText(status), "Try again.", map[string]any{"retryable": true})
		}
		success = func(body string) emulator.Fault { return emulator.Fault{Status: 200, Body: body}.After() }
		expiry  = func(value any) emulator.Fault {
			return emulator.Fault{Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = value }}
		}
		refused   = problem(401, emulator.ProblemUnauthorized, "The signature matches no valid secret.")
		forbidden = problem(403, emulator.ProblemForbidden, "Not for this integrator.")
		unread    = success(`{"token": "x"}`)
		hold      = emulator.Fault{Hold: make(chan struct{})}
		soon      = map[string]any{"request_timeout": "1s"}
		none      = map[string]any{"max_retries": 0}
		bearer    = map[string]any{"user_api_key": "ak_demo"}
	)
	everything := emulator.Problem(400, emulator.ProblemInvalidFields, "Bad words", "Two of them.", map[string]any{
		"code": "some-code", "field": "some-field", "realm": "some-realm", "scope": "some-scope",
		"resourceType": "integrator", "resourceId": "int_gone", "instance": "urn:some:instance",
		"errors": []map[string]string{{"field": "a.b", "message": "is odd", "code": "odd"}, {"field": "c", "message": "is even", "code": "even"}},
	})
	everything.Header = http.Header{"X-Amzn-Requestid": {"some-request"}, "X-Amzn-Trace-Id": {"some-trace"}}
	undated := refused
	undated.Header = http.Header{"Date": nil}

	return []outcome{
		{happens: "The API makes a new secret"},

		{happens: "Not sent: there is no such host", endpoint: at("https://no..host")},
		{happens: "Not sent: nothing listens", endpoint: at(unreachable)},
		{happens: "Not sent: the server's certificate is not trusted", endpoint: untrusted},
		{happens: "Not sent: the server does not speak TLS", endpoint: plainPort},

		{happens: "429", faults: each(emulator.TooManyRequests(""))},
		{happens: "429, Retry-After 60", faults: each(emulator.TooManyRequests("60"))},
		{happens: "429, Retry-After 3600", faults: each(emulator.TooManyRequests("3600"))},

		{happens: "401", faults: each(refused)},
		{happens: "401 without a word", faults: each(emulator.Fault{Status: 401})},
		{happens: "401 without a date", faults: each(undated)},
		{happens: "401, and the API's clock is ten minutes ahead", faults: each(refused), skew: 10 * time.Minute},
		{happens: "The API's clock is ten minutes ahead", skew: 10 * time.Minute},
		{happens: "401: the user API key has expired", faults: each(problem(401, emulator.ProblemTokenExpired, "The token has expired.")), settings: bearer},
		{happens: "401: the user API key is invalid", faults: each(problem(401, emulator.ProblemInvalidToken, "")), settings: bearer},
		{happens: "401: a bearer token is required, and there is none", faults: each(problem(401, emulator.ProblemUnauthorized, "Bearer token required"))},
		{happens: "401: the integrator's key is unknown", faults: each(problem(401, emulator.ProblemUnauthorized, "The integrator key is unknown."))},
		{happens: "401, and user_api_key is set", faults: each(refused), settings: bearer},

		{happens: "400 with all that the API can say", faults: each(everything)},
		{happens: "403", faults: each(forbidden)},
		{happens: "403 with a page", faults: each(emulator.HTML(403))},
		{happens: "404", faults: each(problem(404, emulator.ProblemNotFound, ""))},
		{happens: "409", faults: each(problem(409, emulator.ProblemConflict, "Something else is under way."))},
		{happens: "307", faults: each(emulator.Redirect("https://example.com/"))},

		{happens: "409, retryable", faults: each(retryable(409, emulator.ProblemConflict))},
		{happens: "409, retryable, then all is well", faults: once(retryable(409, emulator.ProblemConflict))},
		{happens: "503, retryable", faults: each(retryable(503, emulator.ProblemServiceUnavailable))},
		{happens: "503, retryable, each time after the secret was made", faults: each(retryable(503, emulator.ProblemDatabaseError).After())},
		{happens: "503, retryable, once before the secret was made", faults: once(retryable(503, emulator.ProblemServiceUnavailable))},
		{happens: "503, retryable, then 403", faults: once(retryable(503, emulator.ProblemServiceUnavailable), forbidden)},
		{happens: "503, retryable, then 200 without a secret", faults: once(retryable(503, emulator.ProblemServiceUnavailable), unread)},

		{happens: "The connection is cut", faults: each(drop)},
		{happens: "The connection is cut, max_retries 0", faults: each(drop), settings: none},
		{happens: "The connection is cut once, before the secret was made", faults: once(drop)},
		{happens: "The connection is cut once, after the secret was made", faults: once(drop.After())},
		{happens: "The connection is cut, then 403", faults: once(drop, forbidden)},
		{happens: "The connection is cut, then 429, Retry-After 3600", faults: once(drop, emulator.TooManyRequests("3600"))},
		{happens: "The connection is cut, then 401: the user API key is invalid", faults: once(drop, problem(401, emulator.ProblemInvalidToken, ""))},
		{happens: "The connection is cut, then 401 with a page", faults: once(drop, emulator.HTML(401))},
		{happens: "The connection is cut, then 504", faults: once(drop, emulator.HTML(504))},
		{happens: "The connection is cut, then 200 without a secret", faults: once(drop, unread)},
		{happens: "The connection is cut, then 200 with a nonsensical expiry", faults: once(drop, expiry("soon"))},
		{happens: "500", faults: each(problem(500, emulator.ProblemInternalError, "Something broke."))},
		{happens: "500 once, after the secret was made", faults: once(problem(500, emulator.ProblemInternalError, "Something broke.").After())},
		{happens: "502", faults: each(emulator.HTML(502))},
		{happens: "503", faults: each(emulator.HTML(503))},
		{happens: "The reply is cut", faults: each(emulator.Fault{Truncate: true})},

		{happens: "504", faults: each(emulator.HTML(504))},
		{happens: "408", faults: each(emulator.HTML(408))},
		{happens: "No answer in time", faults: each(hold), settings: soon},

		{happens: "200 without a secret", faults: each(unread)},
		{happens: "200 with nothing", faults: each(success(""))},
		{happens: "200 with a login page", faults: each(emulator.HTML(200))},
		{happens: "202 with a list", faults: each(emulator.Fault{Status: 202, Body: "[]"}.After())},
		{happens: "204", faults: each(emulator.Fault{Status: 204})},
		{happens: "200 with a nonsensical expiry", faults: each(expiry("soon"))},
		{happens: "200 with an expiry in the far future", faults: each(expiry("2126-01-01T00:00:00Z"))},
		{happens: "200 with an expiry a minute ahead", faults: each(expiry("2026-08-19T15:17:07.597Z"))},
		{happens: "200 with an expiry of null", faults: each(expiry(nil))},
	}
}
