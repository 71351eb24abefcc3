// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package emulator is an integrator API for tests, for the demo and to play with.
//
// [Start] starts a [Server], which has its state in memory and checks each request
// as strictly as the documentation of the API says. [Server.Inject] makes requests
// fail, each in the way that a [Fault] says. [Server.Requests] returns what arrived.
//
// The emulator shares no code with the client. Otherwise a mistake in the shared
// code would be on both sides, and no test would find it.
//
// Where the documentation of the API can be understood in two ways, [Options] has a
// switch. The values of code, realm and scope in the problem documents are not
// documented: do not rely on them.
package emulator

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody is how many bytes of a body the emulator reads.
const maxBody = 1 << 20

// Options are the settings of the emulator. The zero value is useful.
type Options struct {
	// Key is the integrator key. The default is "int_demo".
	Key string

	// Secret is the first secret. The default is a random one.
	Secret string

	// UserAPIKey is the bearer token that each request must have, if it is set.
	UserAPIKey string

	// BearerRequired is whether the API refuses a request without any bearer token
	// before it looks at the signature, with the words of its documented example. By
	// default, it asks for a bearer token only if UserAPIKey is set, and then last.
	BearerRequired bool

	// Users are the API keys of the users that access tokens can be made for. The
	// default is only "ak_demo".
	Users []string

	// GraceLimit is the longest grace period that the API grants, whatever was asked
	// for. By default, it grants what was asked for. With a negative one, it grants
	// none.
	GraceLimit time.Duration

	// Clock returns the time. Several goroutines may call it at once. The default
	// is time.Now.
	Clock func() time.Time

	// Observe is told of each request when its answer is settled, before that is sent.
	// Several goroutines may call it at once, and it may call the server's methods.
	// By default, nobody is told.
	Observe func(Request)

	// DropOldestOnRegenerate is whether a regeneration in a grace period invalidates
	// the oldest secret at once. By default, that one keeps its expiry.
	DropOldestOnRegenerate bool

	// OldSecretCannotRegenerate is whether a secret in its grace period cannot sign
	// a regeneration. By default, it can. It can sign anything else in any case.
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
	secrets       []secret // in order of issue, also those that are not valid any more
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
	if options.Observe == nil {
		options.Observe = func(Request) {}
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

	// process locks the server before it calls one of these.
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

// URL returns the base URL, without a slash at its end.
func (s *Server) URL() string { return s.url }

// Key returns the integrator key.
func (s *Server) Key() string { return s.options.Key }

// Close stops the emulator. Requests that wait because of a fault get no reply.
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

// now returns the time of the server's clock. The server must be locked.
func (s *Server) now() time.Time {
	return s.options.Clock().Add(s.skew)
}

// serve handles a request from its arrival to its answer, with its fault.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	r.Method = strings.ToUpper(r.Method) // it is signed so, however it is sent
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
	s.options.Observe(s.settle(number, answer))
	if fault.Raw != nil {
		sendRaw(w, fault.Raw(answer.body))
		return
	}
	answer.send(w, fault.Truncate)
}

// process checks a request and carries it out. The server is locked all the time, so
// that the secret that signed stays valid until the request is carried out.
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
		// The API refuses a path with other slashes. ServeMux would redirect it.
		answer.reset()
		notFound(answer, "route", r.URL.Path)
	}
	request.Processed = answer.status/100 == 2
}
