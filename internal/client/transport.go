// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// transport signs, sends and logs the attempts of one call. Each attempt has a
// fresh timestamp and signature. It returns a reply only if it is complete, and a
// *TransportError otherwise.
type transport struct {
	client  *Client
	call    call
	secret  apisecret.Secret
	timeout time.Duration // for one attempt, the reply's body included
	offset  time.Duration // added to the local clock
	attempt int
	signed  apisecret.Secret // the latest signature, in hex
	reply   reply            // the latest one, or what came of it

	// connected, if set, is called when there is a connection, before anything is
	// written to it. If it returns false, the request is not sent.
	connected func() bool
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.attempt++
	t.reply = reply{}
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
	started := t.client.config.Clock()
	ctx, cancel := withDeadline(req.Context(), t.client.config.Clock, started, t.timeout)
	defer cancel()
	req = req.WithContext(httptrace.WithClientTrace(ctx, trace))
	req.Header = req.Header.Clone() // net/http may still be at work on an earlier attempt
	if t.call.body != nil {
		// No GetBody: without it net/http can never replay the request by itself.
		req.Body = io.NopCloser(bytes.NewReader(t.call.body))
		req.ContentLength = int64(len(t.call.body))
	}
	sign(req, t.client.config.IntegratorKey, t.secret, started.Add(t.offset), t.call.body)
	_, signed, _ := strings.Cut(req.Header.Get(headerSignature), "=")
	t.signed = apisecret.New(signed)

	resp, err := t.send(req)
	if err != nil && wroteHeaders.Load() && !calledOff.Load() {
		err.Sent, err.Err = true, unquoted(err.Err)
	}
	if err != nil {
		err.text = t.clean(err.Err.Error())
	}
	t.log(req, err, started)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// send also reads the body, so that a reply which is cut short is an error here.
func (t *transport) send(req *http.Request) (*http.Response, *TransportError) {
	resp, err := t.client.network.RoundTrip(req)
	if err != nil {
		return nil, newTransportError(req.Context(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readBounded(resp.Body)
	t.reply = newReply(t.call, resp, body, t.clean)
	refused := resp.StatusCode >= 300 && resp.StatusCode < 500 // the status is enough to say so
	if err != nil && !refused {
		failed := newTransportError(req.Context(), err)
		failed.status = resp.StatusCode
		return nil, failed
	}
	resp.Body = http.NoBody
	resp.Header.Del("Location") // http.Client would quote it in an error if it is no URL
	return resp, nil
}

// log is the only place that logs. Nothing but these fields may be logged.
func (t *transport) log(req *http.Request, err *TransportError, started time.Time) {
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
		fields["status"] = t.reply.status
		fields["request_id"] = t.reply.requestID()
	}
	t.client.config.Log(req.Context(), message, fields)
}

// clean makes a text of the server fit to be shown. It may repeat what the server
// was sent.
func (t *transport) clean(text string) string {
	config := t.client.config
	sent := []apisecret.Secret{t.signed, t.secret, config.Secret, config.UserAPIKey}
	return cleanText(text, slices.Concat(sent, t.call.secrets)...)
}

// untilConnected returns a context that ends when ctx ends, but only until
// connected is called. connected reports whether the request may be sent: it may,
// unless ctx has ended before. So a request is either called off or finished.
func untilConnected(ctx context.Context) (detached context.Context, connected func() bool, done func()) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var mu sync.Mutex
	var sending bool
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !sending {
			cancel()
		}
	})
	connected = func() bool {
		mu.Lock()
		defer mu.Unlock()
		sending = detached.Err() == nil && ctx.Err() == nil // AfterFunc may not have run yet
		return sending
	}
	return detached, connected, func() { stop(); cancel() }
}
