// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{UserAPIKey: "ak_live"})
	c := f.client()
	if c.Endpoint() != f.URL() || c.IntegratorKey() != f.Key() {
		t.Errorf("a client of %s at %s", c.IntegratorKey(), c.Endpoint())
	}
	got, err := c.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := client.Profile{
		ID:              "8b6f2d4e-3c1a-4f57-9d0e-5a7c1e2b9f30",
		IntegratorKey:   f.Key(),
		Name:            "Demo Integrator",
		Email:           "integrator@example.com",
		ACHDebitEnabled: true,
		BillPayEnabled:  true,
		CreatedAt:       "2025-01-15T09:30:00.000Z",
	}
	if *got != want {
		t.Errorf("%+v", got)
	}
	sent := f.Requests()[0]
	if sent.Path != emulator.ProfilePath || sent.Body != "" {
		t.Errorf("%s %s", sent.Path, sent.Body)
	}
	if sent.Header.Get("Authorization") != "Bearer ak_live" || sent.Header.Get("Content-Type") != "" {
		t.Errorf("headers %v", sent.Header)
	}
}

func TestNoBearerHeaderWithoutKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	if _, err := f.client().Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, present := f.Requests()[0].Header["Authorization"]; present {
		t.Error("there is one")
	}
}

func TestProfileIsRetried(t *testing.T) {
	t.Parallel()
	long := emulator.TooManyRequests("61")
	for _, tt := range []struct {
		name    string
		fault   emulator.Fault
		retried bool
	}{
		{"429", emulator.TooManyRequests(""), true},
		{"500", emulator.Problem(500, emulator.ProblemInternalError, "", ""), true},
		{"502", emulator.HTML(502), true},
		{"503", emulator.Fault{Status: 503}, true},
		{"504", emulator.HTML(504), true},
		{"408", emulator.HTML(408), true},
		{"460", emulator.HTML(460), true},
		{"499", emulator.HTML(499), true},
		{"524", emulator.HTML(524), true},
		{"cut", emulator.Fault{Drop: true}, true},
		{"reset", emulator.Fault{Reset: true}, true},
		{"reply cut short", emulator.Fault{Truncate: true}, true},
		{"429, Retry-After too long", long, false},
		{"429, Retry-After beyond 32 bits", emulator.TooManyRequests("9999999999"), false},
		{"503, Retry-After too long", emulator.Fault{Status: 503, Header: long.Header}, false},
		{"400", emulator.Fault{Status: 400}, false},
		{"401", emulator.Fault{Status: 401}, false},
		{"403", emulator.Problem(403, emulator.ProblemForbidden, "", ""), false},
		{"404", emulator.Fault{Status: 404}, false},
		{"200, not JSON", emulator.Fault{Body: "Welcome!"}, false},
		{"204", emulator.Fault{Status: 204}, false},
		{"200, a page", emulator.HTML(200), false},
		{"200, of another integrator", emulator.Fault{Rewrite: func(profile map[string]any) { profile["integratorKey"] = "int_other" }}, false},
		{"200, a member of another type", emulator.Fault{Rewrite: func(profile map[string]any) { profile["billPayEnabled"] = "yes" }}, false},
	} {
		for _, maxRetries := range []int{0, 2} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, emulator.Options{})
				f.ticking()
				f.config.MaxRetries, f.config.RetryWait = maxRetries, time.Millisecond
				fault := tt.fault
				fault.Times = forever
				f.Inject(fault)
				if _, err := f.client().Profile(t.Context()); err == nil {
					t.Error("no error")
				}
				gets := 1
				if tt.retried {
					gets += maxRetries
				}
				f.wantSent(t, gets, 0)
				wantFresh(t, f.Requests())
			})
		}
	}
}

func TestProfileNotSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		trouble  trouble
		attempts int
	}{
		{"unknown host", dns(nxdomain), 1},
		{"DNS fails", dns(servfail), 3},
		{"connection refused", refused(), 3},
		{"TLS handshake fails", failedHandshake(), 3},
		{"bad certificate", badCertificate(), 1},
		{"proxy fails", refusingProxy(http.StatusBadGateway), 3},
		{"proxy refuses", refusingProxy(http.StatusForbidden), 1},
		{"proxy wants a login", refusingProxy(http.StatusProxyAuthRequired), 1},
		{"SOCKS proxy wants a login", socksProxy(), 1},
		{"no TLS", plainPort(), 1},
		{"proxy without TLS", plainProxy(), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries, f.config.RetryWait = 2, time.Millisecond
			tt.trouble(t, f, forever)
			_, err := f.client().Profile(t.Context())
			var failed *client.TransportError
			if !errors.As(err, &failed) || failed.Sent {
				t.Errorf("error %v", err)
			}
			if len(f.logged) != tt.attempts {
				t.Errorf("%d attempts", len(f.logged))
			}
			f.wantSent(t, 0, 0)
		})
	}
}

func TestProfileSucceedsAfterRetries(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.RetryWait = time.Millisecond
	f.Inject(emulator.Fault{Drop: true}, emulator.HTML(502), emulator.TooManyRequests(""), emulator.Fault{Truncate: true})
	if _, err := f.client().Profile(t.Context()); err != nil {
		t.Error(err)
	}
	f.wantSent(t, 5, 0)
}

func TestProfileErrorIsTheLastAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.MaxRetries, f.config.RetryWait = 1, time.Millisecond
	f.Inject(
		emulator.Problem(500, emulator.ProblemInternalError, "First", ""),
		emulator.Problem(503, emulator.ProblemDatabaseError, "Last", "The database is away.", map[string]any{"code": "db"}),
	)
	_, err := f.client().Profile(t.Context())
	var answer *client.Error
	if !errors.As(err, &answer) || answer.Status != 503 || answer.Type != "system:database-error" || answer.Code != "db" {
		t.Fatalf("error %v", err)
	}
	if want := "503 Service Unavailable: Last: The database is away."; err.Error() != want {
		t.Errorf("error %q, not %q", err, want)
	}
	if answer.Method != http.MethodGet || answer.Path != emulator.ProfilePath || answer.RequestID == "" || answer.TraceID == "" {
		t.Errorf("%+v", answer)
	}
}

func TestHugeReplies(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.config.MaxRetries = 0
	f.Inject(emulator.Fault{Body: strings.Repeat(" ", 1<<20+1)})
	_, err := f.client().Profile(t.Context())
	if err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("error %v", err)
	}

	f.Inject(emulator.Fault{Rewrite: longer(strings.Repeat("z", 2000))})
	got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantRegenerated(t, f, got, err, 0, time.Time{})
}

// TestProfileWaitsForRotation asks for the profile while a POST is under way that
// invalidates the secret.
func TestProfileWaitsForRotation(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	reached, hold := make(chan struct{}), make(chan struct{})
	f.Inject(emulator.Fault{Reached: reached, Hold: hold}.On(http.MethodPost, ""))

	var all sync.WaitGroup
	all.Go(func() {
		if _, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{}); err != nil {
			t.Error(err)
		}
	})
	<-reached
	for range 10 {
		all.Go(func() {
			if _, err := c.Profile(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for range 1000 {
		runtime.Gosched() // lets a request arrive that does not wait
	}
	close(hold)
	all.Wait()
	f.wantSent(t, 10, 1)
	if signed := f.signedWith("GET"); !slices.Equal(signed, slices.Repeat([]int{1}, 10)) {
		t.Errorf("signed with secrets %v", signed)
	}
}
