// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

func BenchmarkSign(b *testing.B) {
	body := []byte(`{"oldSecretValidForSeconds":300}`)
	secret, now := NewSecret("sk_live_abc123def456ghi789"), time.Now()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://integrator.invalid"+regenerateSecretPath, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		sign(req, "int_0123456789abcdef", secret, now, body)
	}
}

// BenchmarkRoundTrip compares a read with what net/http takes for the same.
func BenchmarkRoundTrip(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write([]byte(`{"id":"8b6f2d4e","integratorKey":"int_demo","name":"Demo"}`))
	}))
	defer server.Close()
	endpoint, err := url.Parse(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	c := New(Config{Endpoint: endpoint, IntegratorKey: "int_demo", Secret: NewSecret("sk_test_demo")})

	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Profile(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net/http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+profilePath, http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			resp, err := c.shared.RoundTrip(req)
			if err != nil {
				b.Fatal(err)
			}
			var body bytes.Buffer
			_, err = body.ReadFrom(resp.Body)
			_ = resp.Body.Close()
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
