// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// TestDeadline stops a process: its clock goes on, and its timers expire when the
// process goes on.
func TestDeadline(t *testing.T) {
	t.Parallel()
	const timeout = time.Minute
	for _, tt := range []struct {
		name  string
		stops []time.Duration // how late each timer is
		want  time.Duration   // of running time
	}{
		{"never stopped", nil, timeout},
		{"a busy machine", []time.Duration{maxTimerDelay, maxTimerDelay}, timeout},
		{"stopped", []time.Duration{time.Hour}, timeout - lastMoment + afterStop},
		{"stopped for a moment", []time.Duration{2 * maxTimerDelay}, timeout - lastMoment + afterStop},
		{"stopped again", []time.Duration{time.Hour, time.Hour}, timeout - lastMoment + 2*afterStop},
		{"stopped in the last moment", []time.Duration{0, time.Hour}, timeout + afterStop},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				started, stopped, stops := time.Now(), time.Duration(0), tt.stops
				clock := func() time.Time {
					if len(stops) > 0 {
						stopped += stops[0]
						stops = stops[1:]
					}
					return time.Now().Add(stopped)
				}
				ctx, cancel := withDeadline(t.Context(), clock, started, timeout)
				defer cancel()
				<-ctx.Done()
				if ran := time.Since(started); ran != tt.want || !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
					t.Errorf("ended after %s, not %s: %v", ran, tt.want, context.Cause(ctx))
				}
			})
		})
	}
}

func TestDeadlineOfWhatIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which fails if something is left
		started := time.Now()
		ctx, cancel := withDeadline(t.Context(), time.Now, started, time.Minute)
		cancel()
		<-ctx.Done()
		if time.Since(started) != 0 || !errors.Is(context.Cause(ctx), context.Canceled) {
			t.Errorf("ended after %s: %v", time.Since(started), context.Cause(ctx))
		}
	})
}

// TestTimeout gets no answer. With HTTP/2, net/http does not say why it gives up.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // or else the end of the connection is not noticed
				<-r.Context().Done()
			}))
			server.EnableHTTP2 = http2
			server.StartTLS()
			t.Cleanup(server.Close)
			endpoint, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			c := New(Config{Endpoint: endpoint, Secret: apisecret.New("sk_test_any"), RequestTimeout: 400 * time.Millisecond})
			c.network.TLSClientConfig.RootCAs = x509.NewCertPool()
			c.network.TLSClientConfig.RootCAs.AddCert(server.Certificate())

			_, err = c.Send(t.Context(), http.MethodPost, regenerateSecretPath, []byte("{}"))
			var failed *TransportError
			if !errors.As(err, &failed) || !failed.Sent || !failed.Timeout || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		})
	}
}
