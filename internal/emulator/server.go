// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package emulator is a stateful stand-in for the integrator API, for tests.
//
// It holds its state in memory, checks every request as strictly as the API
// documents, and can be told to misbehave: see [Fault]. Its signature code is
// its own, so that a mistake in a client's does not cancel itself out.
//
// Where the API's documentation leaves a question open, [Options] has a switch
// for each reading. The values of code, realm and scope in its problem
// documents are not documented anywhere: do not rely on them.
package emulator

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxBody bounds what one request can make the emulator keep.
const maxBody = 1 << 20

// Options say what the emulator starts with. The zero value is useful.
type Options struct {
	// Key is the integrator key; "int_demo" by default.
	Key string

	// Secret is the first live secret; a random one by default.
	Secret string

	// UserAPIKey, if set, is the bearer token that every request must carry.
	UserAPIKey string

	// Users are the API keys of the users that access tokens can be made for:
	// "ak_demo" alone by default.
	Users []string

	// Clock tells the time, and may be called from several goroutines at
	// once; time.Now by default.
	Clock func() time.Time

	// DropOldestOnRegenerate makes a second regeneration inside an open grace
	// window drop the oldest secret. By default it keeps its own expiry.
	DropOldestOnRegenerate bool

	// OldSecretCannotRegenerate lets a secret in its grace period sign
	// everything but a regeneration. By default it may sign that too.
	OldSecretCannotRegenerate bool
}

// Server is a running emulator. Its methods may be called from several
// goroutines at once.
type Server struct {
	options Options
	url     string
	routes  *http.ServeMux
	server  *http.Server
	cancel  context.CancelFunc

	mu            sync.Mutex // guards everything below
	skew          time.Duration
	secrets       []secret // in order of issue, dead ones too
	webhooks      []Webhook
	webhookSecret string  // "" for none
	tokens        []Token // in order of issue
	faults        []Fault
	record        []Request
}

// Start starts an emulator on a free port of the loopback interface.
func Start(options Options) (*Server, error) {
	options.Key = cmp.Or(options.Key, "int_demo")
	options.Secret = cmp.Or(options.Secret, randomSecret())
	if options.Users == nil {
		options.Users = []string{"ak_demo"}
	}
	if options.Clock == nil {
		options.Clock = time.Now //nolint:forbidigo // where the clock comes from
	}

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		options: options,
		url:     "http://" + listener.Addr().String(),
		routes:  http.NewServeMux(),
		cancel:  cancel,
		secrets: []secret{{value: options.Secret}},
	}
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
	}

	// Each of these runs with the server locked: see process.
	s.routes.HandleFunc("GET "+ProfilePath+"{$}", s.profile)
	s.routes.HandleFunc("POST "+RegeneratePath, s.regenerate)
	s.routes.HandleFunc("GET "+WebhooksPath, s.listWebhooks)
	s.routes.HandleFunc("POST "+WebhooksPath, s.createWebhook)
	s.routes.HandleFunc("PATCH "+WebhooksPath+"/{id}", s.updateWebhook)
	s.routes.HandleFunc("DELETE "+WebhooksPath+"/{id}", s.deleteWebhook)
	s.routes.HandleFunc("POST "+WebhookSecretPath, s.setWebhookSecret)
	s.routes.HandleFunc("POST "+TokensPath, s.createToken)

	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// URL is the base URL, without a slash at its end.
func (s *Server) URL() string { return s.url }

// Key is the integrator key.
func (s *Server) Key() string { return s.options.Key }

// Close stops the emulator. Requests that a fault keeps waiting end without a
// reply.
func (s *Server) Close() {
	s.cancel()
	_ = s.server.Close()
}

// SetSkew sets the server's clock to d ahead of Options.Clock, or behind it.
func (s *Server) SetSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// now is the server's clock. The server must be locked.
func (s *Server) now() time.Time {
	return s.options.Clock().Add(s.skew)
}

// serve takes a request from its arrival to its answer, spoiled or not.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	number, fault := s.arrive(r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}

	answer := newReply()
	if fault.AfterProcessing {
		s.process(number, answer, r, body)
	}
	if err := fault.wait(r.Context()); err != nil {
		panic(http.ErrAbortHandler)
	}
	if !fault.AfterProcessing && !fault.preempts() {
		s.process(number, answer, r, body)
	}
	fault.spoil(answer)

	if fault.drops() {
		drop(w, fault.Reset)
		return
	}
	s.settle(number, answer)
	answer.send(w, fault.Truncate)
}

// process checks a request and lets it take effect. It locks the server for
// all of that, so that no secret can die between the check of a signature and
// what the signature permits.
func (s *Server) process(number int, answer *reply, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()

	request := &s.record[number]
	if len(body) > maxBody {
		refuse(answer, http.StatusRequestEntityTooLarge, "about:blank", "body-too-large", "The body is too large.")
		return
	}
	if !s.authenticate(answer, r, request.SignedWith) {
		return
	}

	r.Body = io.NopCloser(bytes.NewReader(body))
	s.routes.ServeHTTP(answer, r)
	switch {
	case answer.status == http.StatusMethodNotAllowed:
		answer.body = nil
		refuse(answer, http.StatusMethodNotAllowed, "about:blank", "method-not-allowed", "The resource has no such method.")
	case r.Pattern == "" || answer.status/100 == 3:
		// The API is exact about slashes; ServeMux would redirect.
		answer.reset()
		notFound(answer, "route", r.URL.Path)
	}
	request.Processed = answer.status/100 == 2
}
