// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

func BenchmarkSign(b *testing.B) {
	body := []byte(`{"oldSecretValidForSeconds":300}`)
	secret, now := apisecret.New("sk_live_abc123def456ghi789"), noon()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://integrator.invalid"+regenerateSecretPath, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		sign(req, "int_0123456789abcdef", secret, now, body)
	}
}

// BenchmarkRoundTrip compares a read with what net/http takes to send the same
// request, signed once and for all, and to decode the same reply.
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
	c := New(Config{Endpoint: endpoint, IntegratorKey: "int_demo", Secret: apisecret.New("sk_test_demo")})

	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Profile(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net/http", func(b *testing.B) {
		signed, err := c.newRequest(b.Context(), call{method: http.MethodGet, path: profilePath})
		if err != nil {
			b.Fatal(err)
		}
		sign(signed, c.config.IntegratorKey, c.config.Secret, noon(), nil)
		bare := http.Client{Transport: c.network}
		b.ReportAllocs()
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+profilePath, http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			req.Header = signed.Header
			resp, err := bare.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			err = json.NewDecoder(resp.Body).Decode(&Profile{})
			_ = resp.Body.Close()
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
