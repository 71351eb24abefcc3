// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestCalledOff gets a connection, and is then told not to send the request.
func TestCalledOff(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests, asked atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
			server.EnableHTTP2 = http2
			server.StartTLS()
			t.Cleanup(server.Close)
			endpoint, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			c := New(Config{Endpoint: endpoint})
			c.network.TLSClientConfig.RootCAs = x509.NewCertPool()
			c.network.TLSClientConfig.RootCAs.AddCert(server.Certificate())

			post := call{method: http.MethodPost, path: regenerateSecretPath, body: []byte("{}")}
			req, err := c.newRequest(t.Context(), post)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := (&transport{client: c, call: post, timeout: time.Minute, connected: func() bool { asked.Add(1); return false }}).RoundTrip(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			var failed *TransportError
			if !errors.As(err, &failed) || failed.Sent {
				t.Errorf("error %v", err)
			}
			server.Close() // waits for what has arrived
			if requests.Load() != 0 || asked.Load() != 1 {
				t.Errorf("%d requests arrived; asked %d times", requests.Load(), asked.Load())
			}
		})
	}
}

// TestUntilConnected lets the end of a context and a connection race. Either the
// request is sent or its context ends, never both and never neither.
func TestUntilConnected(t *testing.T) {
	t.Parallel()
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			detached, connected, done := untilConnected(ctx)
			defer done()
			start := make(chan struct{})
			var sent bool
			go func() { <-start; cancel() }()
			go func() { <-start; sent = connected() }()
			close(start)
			synctest.Wait()
			if ended := detached.Err() != nil; sent == ended {
				t.Fatalf("sent: %t; ended: %t", sent, ended)
			}
		})
	}
}

func TestUntilConnectedInTurn(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"connection", "end"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			detached, connected, done := untilConnected(ctx)
			defer done()
			if first == "end" {
				cancel()
				synctest.Wait()
			}
			sent := connected()
			cancel()
			synctest.Wait()
			if want := first == "connection"; sent != want || (detached.Err() == nil) != want {
				t.Errorf("%s first: sent: %t; %v", first, sent, detached.Err())
			}
		})
	}
}

// If the context has ended, a connection comes too late.
func TestEndedBeforeConnected(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 1000 {
		_, connected, done := untilConnected(ctx)
		if connected() {
			t.Fatal("the request may be sent")
		}
		done()
	}
}
