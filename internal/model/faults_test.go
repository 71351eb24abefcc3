// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"net/http"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// postFault is what goes wrong with one request to regenerate the secret.
type postFault string

const (
	none         postFault = ""
	lostBefore   postFault = "connection cut, not processed"
	lostAfter    postFault = "connection cut, processed"
	resetBefore  postFault = "connection reset, not processed"
	resetAfter   postFault = "connection reset, processed"
	cutReply     postFault = "reply cut short"
	errorBefore  postFault = "500, not processed"
	errorAfter   postFault = "500, processed"
	gatewayAfter postFault = "502 page, processed"
	invited      postFault = "409, retryable"
	busyBefore   postFault = "503, retryable, not processed"
	busyAfter    postFault = "503, retryable, processed"
	timeout504   postFault = "504, not processed"
	late504      postFault = "504, processed"
	timeout408   postFault = "408, not processed"
	late408      postFault = "408, processed"
	pageBefore   postFault = "200 page, not processed"
	pageAfter    postFault = "200 page, processed"
	emptyAfter   postFault = "204, processed"
	limited      postFault = "429"
	limitedLong  postFault = "429 for two minutes"
	forbidden    postFault = "403"
	bearer       postFault = "401 about the bearer key"
	redirect     postFault = "307"
	unreadable   postFault = "200 without a secret"
	oddExpiry    postFault = "200 with a nonsense expiry"
	noExpiry     postFault = "200 without an expiry"
	earlyExpiry  postFault = "200 with an earlier expiry than asked for"
	hangs        postFault = "no answer, not processed"
	hangsAfter   postFault = "no answer, processed"
)

// fault is how the emulator makes it. Replies are changed, not replaced, where
// the request may still be refused.
func (f postFault) fault() emulator.Fault {
	without := func(name string) emulator.Fault {
		return emulator.Fault{AfterProcessing: true, Rewrite: func(reply map[string]any) { delete(reply, name) }}
	}
	made := map[postFault]emulator.Fault{
		none:         {},
		lostBefore:   {Drop: true},
		lostAfter:    {Drop: true, AfterProcessing: true},
		resetBefore:  {Reset: true},
		resetAfter:   {Reset: true, AfterProcessing: true},
		cutReply:     {Truncate: true},
		errorBefore:  emulator.Problem(500, emulator.ProblemInternalError, "Internal error", ""),
		errorAfter:   emulator.Problem(500, emulator.ProblemInternalError, "Internal error", "").After(),
		gatewayAfter: emulator.HTML(502).After(),
		invited:      emulator.Problem(409, emulator.ProblemConflict, "Conflict", "", map[string]any{"retryable": true}),
		busyBefore:   emulator.Problem(503, emulator.ProblemServiceUnavailable, "Busy", "", map[string]any{"retryable": true}),
		busyAfter:    emulator.Problem(503, emulator.ProblemServiceUnavailable, "Busy", "", map[string]any{"retryable": true}).After(),
		timeout504:   emulator.HTML(504),
		late504:      emulator.HTML(504).After(),
		timeout408:   emulator.HTML(408),
		late408:      emulator.HTML(408).After(),
		pageBefore:   emulator.HTML(200),
		pageAfter:    emulator.HTML(200).After(),
		emptyAfter:   emulator.Fault{Status: 204}.After(),
		limited:      emulator.TooManyRequests(""),
		limitedLong:  emulator.TooManyRequests("120"),
		forbidden:    emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", ""),
		bearer:       emulator.Problem(401, emulator.ProblemTokenExpired, "Token expired", ""),
		redirect:     emulator.Redirect("http://127.0.0.1:1/"),
		unreadable:   without("secret"),
		oddExpiry: {AfterProcessing: true, Rewrite: func(reply map[string]any) {
			if _, ok := reply["oldSecretExpiresAt"]; ok {
				reply["oldSecretExpiresAt"] = "soon"
			}
		}},
		noExpiry: without("oldSecretExpiresAt"),
		earlyExpiry: {AfterProcessing: true, Rewrite: func(reply map[string]any) {
			if text, ok := reply["oldSecretExpiresAt"].(string); ok {
				end, err := time.Parse(time.RFC3339, text)
				if err != nil {
					panic(err)
				}
				reply["oldSecretExpiresAt"] = end.Add(-4 * time.Minute).Format(time.RFC3339)
			}
		}},
		hangs:      {Hold: make(chan struct{})},
		hangsAfter: {Hold: make(chan struct{}), AfterProcessing: true},
	}
	return made[f].On(http.MethodPost, emulator.RegeneratePath)
}

// takesLong reports whether the answer has to be given up, in real time.
func (f postFault) takesLong() bool { return f == hangs || f == hangsAfter }

// outcome is a row of the table of outcomes.
type outcome int

const (
	regenerated outcome = iota
	again               // the same again, up to max_retries
	againMaybe          // likewise, but it may have been processed
	ambiguous           // one resend
	refused             // another credential, or the clock
	stop
	burnt // processed or perhaps so, and not to be sent again
)

// outcome is what the client can know of a request that met the fault.
func (f postFault) outcome(r emulator.Request) outcome {
	switch f {
	case lostBefore, lostAfter, resetBefore, resetAfter, errorBefore, errorAfter, gatewayAfter:
		return ambiguous
	case cutReply:
		if r.Status == http.StatusOK { // a refusal is one, whatever is missing of it
			return ambiguous
		}
	case invited, limited:
		return again
	case busyBefore, busyAfter:
		return againMaybe
	case timeout504, late504, timeout408, late408, pageBefore, pageAfter, emptyAfter, hangs, hangsAfter:
		return burnt
	case limitedLong, forbidden, bearer, redirect:
		return stop
	case none, unreadable, oddExpiry, noExpiry, earlyExpiry: // they do not change the status
	}
	switch {
	case r.Status == http.StatusUnauthorized:
		return refused
	case r.Status != http.StatusOK:
		return stop
	case f == unreadable:
		return burnt
	default:
		return regenerated
	}
}

// getFault is what goes wrong with the requests that check a secret.
type getFault struct {
	Kind  string
	Times int // -1 for all of them
}

func (f getFault) fault() emulator.Fault {
	made := map[string]emulator.Fault{
		"cut":   {Drop: true},
		"500":   emulator.Problem(500, emulator.ProblemInternalError, "Internal error", ""),
		"502":   emulator.HTML(502),
		"429":   emulator.TooManyRequests(""),
		"403":   emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", ""),
		"short": {Truncate: true},
	}[f.Kind]
	made.Times = f.Times
	return made.On(http.MethodGet, emulator.ProfilePath)
}

// faults befall one command.
type faults struct {
	Posts []postFault
	Gets  []getFault
}

func (f faults) any() bool { return len(f.Posts) > 0 || len(f.Gets) > 0 }

// interrupt is when the user presses Ctrl-C.
type interrupt string

const (
	never        interrupt = ""
	beforeCall   interrupt = "before the first change"
	atRotation   interrupt = "before the request"
	whileSent    interrupt = "while the request is out"
	whileWaiting interrupt = "in a backoff"
)

// clockStart is when every sequence begins.
func clockStart() time.Time { return time.Date(2026, 8, 19, 15, 16, 7, 597e6, time.UTC) }
