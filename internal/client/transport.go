// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// maxReply bounds what is read of a reply; the longest real one is under 1 KiB
// a webhook.
const maxReply = 1 << 20

// TransportError says that no complete answer came.
type TransportError struct {
	Err  error // the cause, without URL or headers
	Sent bool  // the request's headers were written: the API may have acted on it
	// Timeout says that the time allowed for the attempt ran out; the API may
	// still be at work on the request.
	Timeout bool

	text   string // of Err, without secrets that the server may have repeated in it
	status int    // of a reply that was cut short; 0 if there was no status yet
}

func (e *TransportError) Error() string { return cmp.Or(e.text, e.Err.Error()) }

func (e *TransportError) Unwrap() error { return e.Err }

// permanent reports whether trying again cannot help.
func (e *TransportError) permanent() bool {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(e.Err, &dns) && dns.IsNotFound || errors.As(e.Err, &certificate)
}

// unreadable is the error for a success whose body is not what it should be.
func unreadable(what string) error {
	return &TransportError{Err: errors.New("the reply is not the " + what + " that the API documents"), Sent: true}
}

// transport signs, sends and logs the attempts of one call: each has a fresh
// timestamp and signature. It returns complete replies, and keeps their bodies,
// or a *TransportError.
type transport struct {
	client  *Client
	call    call
	secret  apisecret.Secret
	timeout time.Duration // for one attempt, the reply's body included
	offset  time.Duration // added to the local clock
	attempt int
	signed  apisecret.Secret // the latest signature, in hex
	body    []byte           // of the latest reply, or what came of it

	// connected, if set, is asked when a connection has been handed over, before
	// anything is written to it. If it says no, nothing ever is.
	connected func() bool
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.attempt++
	t.body = nil
	var calledOff, wroteHeaders atomic.Bool
	trace := &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if t.connected != nil && !t.connected() {
				calledOff.Store(true)
				_ = info.Conn.Close()
			}
		},
		WroteHeaders: func() { wroteHeaders.Store(true) },
	}
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	req = req.WithContext(httptrace.WithClientTrace(ctx, trace))
	req.Header = req.Header.Clone() // net/http may still be at work on an earlier attempt
	if t.call.body != nil {
		// No GetBody: without it net/http can never replay the request by itself.
		req.Body = io.NopCloser(bytes.NewReader(t.call.body))
		req.ContentLength = int64(len(t.call.body))
	}
	started := t.client.config.Clock()
	sign(req, t.client.config.IntegratorKey, t.secret, started.Add(t.offset), t.call.body)
	_, signed, _ := strings.Cut(req.Header.Get(headerSignature), "=")
	t.signed = apisecret.New(signed)

	resp, err := t.send(req)
	if err != nil {
		err.Sent = wroteHeaders.Load() && !calledOff.Load()
		err.text = t.clean(err.Err.Error())
	}
	t.log(req, resp, err, started)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// send reads the whole reply, so that one that breaks off is an error here.
func (t *transport) send(req *http.Request) (*http.Response, *TransportError) {
	resp, err := t.client.network.RoundTrip(req)
	if err != nil {
		return nil, newTransportError(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err == nil && len(body) > maxReply {
		err = fmt.Errorf("the reply is larger than %d bytes", maxReply)
	}
	t.body = body
	refused := resp.StatusCode >= 300 && resp.StatusCode < 500 // which the status says, whatever is missing
	if err != nil && !refused {
		failed := newTransportError(err)
		failed.status = resp.StatusCode
		return nil, failed
	}
	resp.Body = http.NoBody
	resp.Header.Del("Location") // never followed; of one that does not parse, http.Client would make an error that quotes it
	return resp, nil
}

func newTransportError(err error) *TransportError {
	var timeout net.Error
	return &TransportError{
		Err:     err,
		Timeout: errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout(),
	}
}

// log is the one place that logs; its fields are all that may be logged.
func (t *transport) log(req *http.Request, resp *http.Response, err *TransportError, started time.Time) {
	if t.client.config.Log == nil {
		return
	}
	fields := map[string]any{
		"method":      req.Method,
		"path":        req.URL.Path,
		"attempt":     t.attempt,
		"duration_ms": t.client.config.Clock().Sub(started).Milliseconds(),
	}
	message := "the API answered"
	switch {
	case err != nil && err.Sent:
		message = "sent, but no complete answer came"
	case err != nil:
		message = "not sent"
	default:
		fields["status"] = resp.StatusCode
		fields["request_id"] = t.clean(resp.Header.Get(headerRequestID))
	}
	t.client.config.Log(req.Context(), message, fields)
}

// clean makes words from outside fit to be shown: they may repeat what the
// server was sent.
func (t *transport) clean(text string) string {
	config := t.client.config
	sent := []apisecret.Secret{t.signed, t.secret, config.Secret, config.UserAPIKey}
	return cleanText(redact(text, slices.Concat(sent, t.call.secrets)...))
}

// untilConnected returns a context that ends with ctx only until connected is
// called. connected reports whether the request may go out; exactly one of the
// two, the end of ctx and connected, wins.
func untilConnected(ctx context.Context) (detached context.Context, connected func() bool, done func()) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var mu sync.Mutex
	var handedOver bool
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !handedOver {
			cancel()
		}
	})
	connected = func() bool {
		mu.Lock()
		defer mu.Unlock()
		handedOver = detached.Err() == nil && ctx.Err() == nil // whose AfterFunc may not have run yet
		return handedOver
	}
	return detached, connected, func() { stop(); cancel() }
}
