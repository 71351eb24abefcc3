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

// curtain is when every test begins.
func curtain() time.Time { return time.Date(2026, 8, 19, 15, 16, 7, 597e6, time.UTC) }

// stage is an API, a clock that it shares with the client, and the settings of
// that client, to be changed before the client is made.
type stage struct {
	*emulator.Server
	config  client.Config
	network func(*http.Transport) // nil for the client's own

	mu     sync.Mutex
	now    time.Time
	waits  []time.Duration
	logged []map[string]any
}

func newStage(t *testing.T, options emulator.Options) *stage {
	t.Helper()
	s := &stage{now: curtain()}
	options.Clock = s.clock
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s.Server = server
	endpoint, err := client.ParseEndpoint(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	s.config = client.Config{
		Endpoint:      endpoint,
		IntegratorKey: server.Key(),
		Secret:        apisecret.New(server.Secret()),
		UserAPIKey:    apisecret.New(options.UserAPIKey),
		MaxRetries:    client.DefaultMaxRetries,
		Clock:         s.clock,
		Sleep:         s.sleep,
		Log:           s.log,
	}
	return s
}

func (s *stage) client() *client.Client {
	c := client.New(s.config)
	if s.network != nil {
		c.AlterNetwork(s.network)
	}
	return c
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// ticking moves the clock on by a second each time that the client reads it.
func (s *stage) ticking() {
	s.config.Clock = func() time.Time { return s.advance(time.Second) }
}

func (s *stage) advance(d time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	return s.now
}

// sleep only moves the clock.
func (s *stage) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = append(s.waits, d)
	s.now = s.now.Add(d)
	return ctx.Err()
}

func (s *stage) log(_ context.Context, message string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields = maps.Clone(fields)
	fields["message"] = message
	s.logged = append(s.logged, fields)
}

// sent is the requests with this method that arrived.
func (s *stage) sent(method string) []emulator.Request {
	return slices.DeleteFunc(s.Requests(), func(r emulator.Request) bool { return r.Method != method })
}

// wantSent checks how many requests arrived.
func (s *stage) wantSent(t *testing.T, gets, posts int) {
	t.Helper()
	if g, p := len(s.sent("GET")), len(s.sent("POST")); g != gets || p != posts {
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
