// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestEveryPostHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	var dials atomic.Int64
	f.network = func(transport *http.Transport) {
		dial := transport.DialContext
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return dial(ctx, network, address)
		}
	}
	c := f.client()
	for range 3 {
		if _, err := c.Profile(t.Context()); err != nil { // may leave a connection open
			t.Fatal(err)
		}
		before := dials.Load()
		if _, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{}); err != nil {
			t.Fatal(err)
		}
		if made := dials.Load() - before; made != 1 {
			t.Errorf("%d connections were made for one POST", made)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			f, elsewhere := newFixture(t, emulator.Options{}), newFixture(t, emulator.Options{})
			f.Inject(emulator.Fault{Status: status, Times: forever, Header: http.Header{"Location": {elsewhere.URL() + emulator.ProfilePath}}})
			c := f.client()
			_, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			wantFailure(t, err, apisecret.Refused, apisecret.Unchanged, 0, time.Time{})
			var answer *client.Error
			if _, err := c.Profile(t.Context()); !errors.As(err, &answer) || answer.Status != status {
				t.Errorf("error %v", err)
			}
			f.wantSent(t, 1, 1)
			elsewhere.wantSent(t, 0, 0)
		})
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		version uint16
		works   bool
	}{
		{"1.1", tls.VersionTLS11, false},
		{"1.2", tls.VersionTLS12, true},
		{"1.3", tls.VersionTLS13, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 0
			front := behindTLS(t, f, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tt.version})
			var protocol atomic.Value
			toAPI := front.Config.Handler
			front.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				protocol.Store(r.Proto)
				toAPI.ServeHTTP(w, r)
			})
			c := f.client()
			got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			_, profileErr := c.Profile(t.Context())
			if !tt.works {
				wantFailure(t, err, apisecret.NotSent, apisecret.Unchanged, 0, time.Time{})
				var failed *client.TransportError
				if !errors.As(profileErr, &failed) || failed.Sent {
					t.Errorf("error %v", profileErr)
				}
				return
			}
			wantRegenerated(t, f, got, err, 0, time.Time{})
			if profileErr != nil || protocol.Load() != "HTTP/2.0" {
				t.Errorf("over %v: %v", protocol.Load(), profileErr)
			}
		})
	}
}

// TestProxyVariable runs itself in another process, because net/http reads the
// variables only once.
func TestProxyVariable(t *testing.T) {
	t.Parallel()
	const child = "INTEGRATOR_TEST_PROXY_CHILD"
	if os.Getenv(child) != "" {
		_, _ = client.New(client.Config{Endpoint: &url.URL{Scheme: "https", Host: "integrator.invalid"}}).Profile(t.Context())
		return
	}
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), self, "-test.run=^TestProxyVariable$")
	run.Env = append(os.Environ(), child+"=1", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=", "no_proxy=")
	if output, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	select {
	case got := <-asked:
		if got != "CONNECT integrator.invalid:443" {
			t.Errorf("the proxy was asked: %s", got)
		}
	default:
		t.Error("the proxy was not asked")
	}
}
