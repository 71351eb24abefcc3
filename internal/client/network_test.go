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
	"runtime"
	"strings"
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
// variables only once. A proxy that refuses is asked once, and reads as a proxy.
func TestProxyVariable(t *testing.T) {
	t.Parallel()
	const child = "INTEGRATOR_TEST_PROXY_CHILD"
	if proxy := os.Getenv(child); proxy != "" {
		_, err := profileOf("integrator.invalid")
		if want := "the proxy " + proxy + " refused to connect to the API: 407 Proxy Authentication Required"; err == nil || err.Error() != want {
			t.Errorf("error %v", err)
		}
		return
	}
	asked := make(chan string, 2)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	address := strings.TrimPrefix(proxy.URL, "http://")
	runAgain(t, child+"="+address, "HTTPS_PROXY=http://me:hidden@"+address, "NO_PROXY=", "no_proxy=")
	close(asked)
	if got := <-asked; got != "CONNECT integrator.invalid:443" {
		t.Errorf("the proxy was asked: %s", got)
	}
	if again, ok := <-asked; ok {
		t.Errorf("the proxy was asked again: %s", again)
	}
}

// An address of a proxy that does not parse is an error, not a direct connection.
func TestProxyVariableThatDoesNotParse(t *testing.T) {
	t.Parallel()
	const child = "INTEGRATOR_TEST_NO_PROXY_CHILD"
	if variable := os.Getenv(child); variable != "" {
		if runtime.GOOS == "windows" { // where the case of a name does not matter
			variable = strings.ToUpper(variable)
		}
		_, err := profileOf("integrator.invalid")
		if want := "the environment variable " + variable + " is no address of a proxy"; err == nil || err.Error() != want {
			t.Errorf("error %v", err)
		}
		if strings.Contains(printed(err), "hidden") {
			t.Error("the password is shown")
		}
		if _, err := profileOf("127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "refused") { // never through a proxy
			t.Errorf("error %v", err)
		}
		return
	}
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			runAgain(t, child+"="+variable, "HTTPS_PROXY=", "https_proxy=", variable+"=http://me:hidden%zz@127.0.0.1:1", "NO_PROXY=", "no_proxy=")
		})
	}
}

// runAgain runs the test in another process, with more variables.
func runAgain(t *testing.T, variables ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(t.Name(), "/")
	run := exec.CommandContext(t.Context(), self, "-test.run=^"+name+"$")
	run.Env = append(os.Environ(), variables...)
	if output, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// profileOf reads the profile, as often as a read is tried.
func profileOf(host string) (*client.Profile, error) {
	config := client.Config{Endpoint: &url.URL{Scheme: "https", Host: host}, Secret: apisecret.New("sk_test_any"), MaxRetries: 1, RetryWait: time.Millisecond}
	return client.New(config).Profile(context.Background())
}
