// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// testStart is the time at which each test begins.
func testStart() time.Time { return time.Date(2026, 8, 19, 15, 16, 7, 597e6, time.UTC) }

// fixture is an API, a clock that it shares with the client, and the configuration
// of the client, which a test may change before it makes the client.
type fixture struct {
	*emulator.Server
	config  client.Config
	network func(*http.Transport) // changes that of the client; nil leaves it

	mu     sync.Mutex
	now    time.Time
	waits  []time.Duration
	logged []map[string]any
}

func newFixture(t *testing.T, options emulator.Options) *fixture {
	t.Helper()
	f := &fixture{now: testStart()}
	options.Clock = f.clock
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	f.Server = server
	endpoint, err := client.ParseEndpoint(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	f.config = client.Config{
		Endpoint:      endpoint,
		IntegratorKey: server.Key(),
		Secret:        apisecret.New(server.Secret()),
		UserAPIKey:    apisecret.New(options.UserAPIKey),
		MaxRetries:    client.DefaultMaxRetries,
		Clock:         f.clock,
		Sleep:         f.sleep,
		Log:           f.log,
	}
	return f
}

func (f *fixture) client() *client.Client {
	c := client.New(f.config)
	if f.network != nil {
		c.AlterNetwork(f.network)
	}
	return c
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// ticking moves the clock by a second each time that the client reads it.
func (f *fixture) ticking() {
	f.config.Clock = func() time.Time { return f.advance(time.Second) }
}

func (f *fixture) advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}

// sleep moves the clock instead of waiting.
func (f *fixture) sleep(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits = append(f.waits, d)
	f.now = f.now.Add(d)
	return ctx.Err()
}

func (f *fixture) log(_ context.Context, message string, fields map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fields = maps.Clone(fields)
	fields["message"] = message
	f.logged = append(f.logged, fields)
}

// sent returns the requests with this method that arrived.
func (f *fixture) sent(method string) []emulator.Request {
	return slices.DeleteFunc(f.Requests(), func(r emulator.Request) bool { return r.Method != method })
}

// signedWith returns the secrets that signed the requests with this method, in the
// order of issue.
func (f *fixture) signedWith(method string) []int {
	var secrets []int
	for _, r := range f.sent(method) {
		secrets = append(secrets, r.SignedWith)
	}
	return secrets
}

// wantSent checks how many requests arrived.
func (f *fixture) wantSent(t *testing.T, gets, posts int) {
	t.Helper()
	if g, p := len(f.sent("GET")), len(f.sent("POST")); g != gets || p != posts {
		t.Errorf("%d GETs and %d POSTs arrived, not %d and %d", g, p, gets, posts)
	}
}

// wantFresh checks that no timestamp and no signature was used twice.
func wantFresh(t *testing.T, requests []emulator.Request) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range requests {
		if seen[r.Timestamp] || seen[r.Signature] {
			t.Errorf("used twice: timestamp %s or its signature", r.Timestamp)
		}
		seen[r.Timestamp], seen[r.Signature] = true, true
	}
}
