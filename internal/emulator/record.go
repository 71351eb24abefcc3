// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// Request is the record of a request that arrived.
type Request struct {
	Method string
	Path   string // as it was sent, with the query
	Body   string
	Header http.Header

	Timestamp string
	Signature string

	// SignedWith numbers the secrets in order of issue, from 0, and tells
	// which made the signature, dead or alive; -1 if none did.
	SignedWith int

	// Processed tells that the request took effect, whatever was answered.
	Processed bool

	// Status is what was answered: 0 as long as nothing was, and forever if
	// the connection was dropped.
	Status int

	// Problem is the type of the problem that was answered, if any.
	Problem string
}

// matches reports whether the request has the method and, its query aside, the
// path. Either may be "" for any.
func (r Request) matches(method, path string) bool {
	own, _, _ := strings.Cut(r.Path, "?")
	return (method == "" || method == r.Method) && (path == "" || path == own)
}

// Requests is the record of every request so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := slices.Clone(s.record)
	for i := range requests {
		requests[i].Header = requests[i].Header.Clone()
	}
	return requests
}

// Count is how many requests with the method and the path (without a query)
// have arrived. Either may be "" for any.
func (s *Server) Count(method, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, request := range s.record {
		if request.matches(method, path) {
			n++
		}
	}
	return n
}

// arrive records a request and takes the fault that is to spoil it, a zero one
// if none is. It returns the request's place in the record.
func (s *Server) arrive(r *http.Request, body []byte) (int, Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request := Request{
		Method:     r.Method,
		Path:       r.URL.RequestURI(),
		Body:       string(body),
		Header:     r.Header.Clone(),
		Timestamp:  r.Header.Get(timestampHeader),
		Signature:  r.Header.Get(signatureHeader),
		SignedWith: s.signer(r, body),
	}
	s.record = append(s.record, request)
	return len(s.record) - 1, s.takeFault(request)
}

// settle dates an answer and records it. It comes before the sending, so that
// whoever has an answer finds it in the record.
func (s *Server) settle(number int, answer *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, set := answer.header["Date"]; !set {
		answer.header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	s.record[number].Status = answer.status
	s.record[number].Problem = problemType(answer)
}
