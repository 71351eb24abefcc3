// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// What is between here and the API is named, with the way out, and a proxy is not
// bothered: an apply that creates makes two calls, a check and the rotation. net/http
// reads the variables once in a process, so these are processes of their own.
func TestProxies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		status  int
		setting func(host string) string // HTTPS_PROXY
		asked   int64
		says    []string
	}{
		{"wants a login", http.StatusProxyAuthRequired, func(host string) string { return "http://me:hidden@" + host }, 2,
			[]string{"407 Proxy Authentication Required", "The proxy wants a user name and password", "http://<user>:<password>@127.0.0.1:"}},
		{"forbids it", http.StatusForbidden, func(host string) string { return host }, 2,
			[]string{"refused to connect to the API: 403 Forbidden", "The proxy (HTTPS_PROXY) does not allow connections to https://integrator.invalid"}},
		{"fails", http.StatusBadGateway, func(host string) string { return host }, 2,
			[]string{"could not connect to the API: 502 Bad Gateway", "The proxy (HTTPS_PROXY) could not connect to https://integrator.invalid"}},
		{"is called with https", 0, func(host string) string { return "https://" + host }, 0,
			[]string{"Write http:// instead of https:// into HTTPS_PROXY"}},
		{"does not parse", 0, func(host string) string { return "http://me:hidden%zz@" + host }, 0,
			[]string{"the environment variable HTTPS_PROXY is no address of a proxy", "percent-encoded"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(tt.status)
			}))
			t.Cleanup(proxy.Close)
			config := secretResource("")
			if tt.status == http.StatusBadGateway { // which would be tried again
				config += providerBlock("max_retries = 0")
			}
			c := newCLI(t, emulator.Options{}, config)
			c.env = append(c.env, "INTEGRATOR_ENDPOINT=https://integrator.invalid", "NO_PROXY=", "no_proxy=",
				"HTTPS_PROXY="+tt.setting(strings.TrimPrefix(proxy.URL, "http://")))
			output := c.terraform(1, "apply", "-auto-approve")
			for _, phrase := range tt.says {
				c.expect(output, phrase, 2) // in the plan's warning and the apply's error
			}
			c.expect(output, "hidden", 0)
			want := tt.asked
			if want > 0 && missing(t, wordOfApplying()) != "" {
				want++ // the plan that is made again at apply checks again
			}
			if asked.Load() != want {
				t.Errorf("the proxy was asked %d times, not %d", asked.Load(), want)
			}
		})
	}
}
