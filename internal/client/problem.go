// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// The problem types whose remedy is known, without their common prefix.
const (
	problemPrefix    = "urn:problem-type:"
	TypeTokenExpired = "auth:token-expired"
	TypeInvalidToken = "auth:invalid-token"
)

// The headers that support asks for.
const (
	headerRequestID = "X-Amzn-Requestid"
	headerTraceID   = "X-Amzn-Trace-Id"
)

const (
	maxProblemText   = 1000 // runes of one field
	maxProblemFields = 20
)

// Error is an answer other than success. It holds what the API said (an RFC 9457
// problem document), or just the status if a gateway answered. Its texts are
// bounded, and contain no control characters and no secret of the request.
type Error struct {
	Method, Path string

	// Document says that the body is a problem document. Without one, it may be
	// something in front of the API that has answered.
	Document bool

	Status                               int
	Type                                 string // without "urn:problem-type:"
	Title, Detail, Code, Field, Instance string
	Retryable                            bool // the API says that the same request may succeed later
	Realm, Scope                         string
	ResourceType, ResourceID             string
	Fields                               []FieldError
	RequestID, TraceID                   string
	RetryAfter                           time.Duration // 0 if the API gave none
	Date                                 time.Time     // the server's clock; zero if unknown or from a cache
}

// FieldError is one entry of a problem's errors list.
type FieldError struct{ Field, Message, Code string }

func (e *Error) Error() string {
	text := e.StatusText()
	for _, more := range []string{e.Title, e.Detail} {
		if more != "" && !strings.Contains(text, more) {
			text += ": " + more
		}
	}
	return text
}

// StatusText is the status as a person reads it: "429 Too Many Requests".
func (e *Error) StatusText() string { return statusText(e.Status) }

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// Is tells callers that know nothing of HTTP what the answer says of the secret.
func (e *Error) Is(target error) bool {
	return target == apisecret.ErrRefused && e.SecretRefused() || target == apisecret.ErrForbidden && e.Status == http.StatusForbidden
}

// clockOffset is how far the server's clock is ahead of now, if that may be why
// the API refused a signature, and 0 otherwise. The API accepts 300 s either way.
// The lower bound leaves room for a slow reply; above the upper one, the Date is
// taken for wrong.
func (e *Error) clockOffset(now time.Time) time.Duration {
	if e.Date.IsZero() {
		return 0
	}
	offset := e.Date.Sub(now)
	if magnitude := offset.Abs(); magnitude < 240*time.Second || magnitude > 24*time.Hour {
		return 0
	}
	return offset
}

// newError reads an answer. All of its texts go through clean.
func newError(resp *http.Response, got reply, now time.Time, clean func(string) string) *Error {
	e := parseProblem(got.text, clean)
	e.Method, e.Path, e.Status = got.call.method, got.call.path, got.status
	e.RequestID = got.requestID()
	e.TraceID = identifier(clean(resp.Header.Get(headerTraceID)))
	e.RetryAfter = askedWait(resp.Header, got.text, now)
	e.Date = got.date
	return e
}

// parseProblem takes what it can use of a body and ignores the rest. A field of
// the wrong type, or a body that is no JSON object, must not hide the status.
func parseProblem(body []byte, clean func(string) string) *Error {
	object := map[string]json.RawMessage{}
	if json.Unmarshal(body, &object) != nil {
		return &Error{}
	}
	text := func(from map[string]json.RawMessage, name string) string {
		var value string
		_ = json.Unmarshal(from[name], &value)
		return clean(value)
	}
	e := &Error{
		Type:  strings.TrimPrefix(text(object, "type"), problemPrefix),
		Title: text(object, "title"), Detail: text(object, "detail"), Code: text(object, "code"),
		Field: text(object, "field"), Instance: text(object, "instance"),
		Realm: text(object, "realm"), Scope: text(object, "scope"),
		ResourceType: text(object, "resourceType"), ResourceID: text(object, "resourceId"),
	}
	var status int
	_ = json.Unmarshal(object["status"], &status)
	e.Document = status != 0 || e.Type != "" || e.Title != "" || e.Detail != ""
	_ = json.Unmarshal(object["retryable"], &e.Retryable)
	var fields []map[string]json.RawMessage
	_ = json.Unmarshal(object["errors"], &fields)
	for _, f := range fields[:min(len(fields), maxProblemFields)] {
		e.Fields = append(e.Fields, FieldError{Field: text(f, "field"), Message: text(f, "message"), Code: text(f, "code")})
	}
	return e
}

// cleanText makes a text of the server fit for a terminal: bounded, on one line,
// without escape sequences or invisible characters, and without secrets. They are
// looked for in the text as it will be shown.
func cleanText(text string, secrets ...apisecret.Secret) string {
	shown := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	runes := []rune(redact(shown, secrets...))
	if len(runes) > maxProblemText {
		runes = append(runes[:maxProblemText], '…')
	}
	return strings.TrimSpace(string(runes))
}

// askedWait is how long an answer asks to wait: in its header, or where that is
// missing, in the problem document.
func askedWait(header http.Header, body []byte, now time.Time) time.Duration {
	if header.Get("Retry-After") != "" {
		return retryAfter(header, now)
	}
	object := map[string]json.RawMessage{}
	var seconds float64
	_ = json.Unmarshal(body, &object)
	_ = json.Unmarshal(object["retryAfter"], &seconds)
	return time.Duration(math.Ceil(min(max(seconds, 0), mostSeconds))) * time.Second
}

// mostSeconds is how many a time.Duration can hold.
const mostSeconds = math.MaxInt64 / 1_000_000_000

// retryAfter reads the header in both of its forms, seconds and an HTTP date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	seconds, err := strconv.ParseInt(value, 10, 64) // out of range: the nearest in range
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), mostSeconds)) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil && date.After(now) {
		return date.Sub(now)
	}
	return 0
}
