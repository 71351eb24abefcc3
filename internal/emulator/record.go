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

	// SignedWith is the number of the secret that made the signature, whether it
	// is still valid or not. The first secret has 0. It is -1 if no secret of the
	// API made the signature.
	SignedWith int

	// Processed is whether the request had an effect, whatever the answer was.
	Processed bool

	// Status is the status of the answer. It is 0 until there is an answer, and
	// stays 0 if the connection was dropped.
	Status int

	// Problem is the type of the problem in the answer, if there was one.
	Problem string
}

// matches reports whether the request has the method and the path, without its
// query. "" matches any.
func (r Request) matches(method, path string) bool {
	own, _, _ := strings.Cut(r.Path, "?")
	return (method == "" || method == r.Method) && (path == "" || path == own)
}

// Requests returns the records of all requests so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := slices.Clone(s.record)
	for i := range requests {
		requests[i].Header = requests[i].Header.Clone()
	}
	return requests
}

// Count returns how many requests with the method and the path (without a query)
// have arrived. "" means any.
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

// arrive records a request and takes the fault that the request meets, a zero fault
// if it meets none. It returns the index of the record.
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

// settle sets the date of an answer and records it. This happens before the answer
// is sent, so that a test that has the answer finds it in the record. It returns the
// record of the request.
func (s *Server) settle(number int, answer *reply) Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, set := answer.header["Date"]; !set {
		answer.header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	s.record[number].Status = answer.status
	s.record[number].Problem = problemType(answer)
	return s.record[number]
}
