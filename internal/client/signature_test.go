// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

type vector struct {
	Name, Secret, Timestamp, Method, Path, Body, Signature string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/signature-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no vectors")
	}
	return all
}

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if got := signature(apisecret.New(v.Secret), v.Timestamp, v.Method, v.Path, []byte(v.Body)); got != v.Signature {
				t.Errorf("%s, not %s", got, v.Signature)
			}
		})
	}
}

// TestSignVectors signs whole requests. Their queries are not in the order that is
// signed.
func TestSignVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			path, query, _ := strings.Cut(v.Path, "?")
			pairs := strings.Split(query, "&")
			slices.Reverse(pairs)
			req, err := http.NewRequestWithContext(t.Context(), v.Method, "https://integrator.invalid"+path+"?"+strings.Join(pairs, "&"), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			ms, err := strconv.ParseInt(v.Timestamp, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sign(req, "int_key", apisecret.New(v.Secret), time.UnixMilli(ms).Add(999*time.Microsecond), []byte(v.Body))
			for name, want := range map[string]string{"X-Integrator-Key": "int_key", "X-Timestamp": v.Timestamp, "X-Signature": v.Signature} {
				if got := req.Header.Values(name); !slices.Equal(got, []string{want}) {
					t.Errorf("%s: %q, not %q", name, got, want)
				}
			}
		})
	}
}

func TestSignedPath(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"/v1/integrator/":             "/v1/integrator/",
		"/v1/webhooks/a%2Fb%20c":      "/v1/webhooks/a%2Fb%20c",
		"/?":                          "/",
		"/?b=2&a=1":                   "/?a=1&b=2",
		"/?a=2&a=1":                   "/?a=2&a=1",
		"/?a":                         "/?a=",
		"/?a=b+c&d=e%20f":             "/?a=b%20c&d=e%20f",
		"/?a=%2B":                     "/?a=%2B",
		"/?a=!'()*-._~":               "/?a=!'()*-._~",
		"/?a=%21%27%28%29%2a%2d":      "/?a=!'()*-",
		"/?%C3%A9=%E2%98%83&e=:/@$,;": "/?%C3%A9=%E2%98%83",
		"/?k[]=v&q=%22":               "/?k%5B%5D=v&q=%22",
	} {
		u, err := url.Parse("https://integrator.invalid" + sent)
		if err != nil {
			t.Fatal(err)
		}
		if got := signedPath(u); got != want {
			t.Errorf("%s gives %s, not %s", sent, got, want)
		}
	}
}
