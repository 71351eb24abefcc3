// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://platform.spritz.finance":      "https://platform.spritz.finance",
		"https://platform.spritz.finance/":     "https://platform.spritz.finance",
		"HTTPS://Platform.Spritz.Finance":      "https://platform.spritz.finance",
		"https://proxy.example:8443":           "https://proxy.example:8443",
		"https://192.0.2.1":                    "https://192.0.2.1",
		"https://[2001:DB8::1]:8443/":          "https://[2001:db8::1]:8443",
		"http://localhost":                     "http://localhost",
		"http://LocalHost:8080/":               "http://localhost:8080",
		"http://127.0.0.1:8080":                "http://127.0.0.1:8080",
		"http://127.9.9.9":                     "http://127.9.9.9",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"https://localhost.evil.example":       "https://localhost.evil.example",
		"https://xn--bcher-kva.example":        "https://xn--bcher-kva.example",
		"https://a-very-long-label.example:65": "https://a-very-long-label.example:65",
	} {
		got, err := client.ParseEndpoint(endpoint)
		if err != nil || got.String() != want {
			t.Errorf("%q gives %v, %v; not %s", endpoint, got, err, want)
		}
	}
}

func TestParseEndpointRefuses(t *testing.T) {
	t.Parallel()
	const (
		url      = "absolute URL"
		user     = "user name or password"
		query    = "query"
		fragment = "fragment"
		path     = "path"
		https    = "must use https"
		loopback = "loopback"
	)
	for endpoint, complaint := range map[string]string{
		"":                                url,
		"platform.spritz.finance":         url,
		"platform.spritz.finance:443":     url,
		"//platform.spritz.finance":       https,
		"https:platform.spritz.finance":   url,
		"https:///v1":                     url,
		"https://":                        url,
		"https://:443":                    url,
		" https://planted.example":        url,
		"https://planted.example ":        url,
		"https://planted.example\n":       url,
		"https://planted.example\x00":     url,
		"https://planted example":         url,
		"https://planted.example:port":    url,
		"https://[::1":                    url,
		"https://%zz.planted.example":     url,
		"https://planted@api.example":     user,
		"https://user:planted@a.example":  user,
		"https://@planted.example":        user,
		"https://a.example?key=planted":   query,
		"https://planted.example?":        query,
		"https://planted.example/?":       query,
		"https://a.example#planted":       fragment,
		"https://planted.example#":        fragment,
		"https://a.example/planted":       path,
		"https://planted.example//":       path,
		"https://planted.example/v1/":     path,
		"https://planted.example/%2e":     path,
		"http://planted.example":          loopback,
		"http://192.0.2.1":                loopback,
		"http://0.0.0.0":                  loopback,
		"http://[::]":                     loopback,
		"http://localhost.planted":        loopback,
		"http://127.0.0.1.planted":        loopback,
		"http://localhost@planted":        user,
		"http://planted.example:80#@127.": fragment,
		"ftp://planted.example":           https,
		"file://planted/etc":              path,
		"unix://planted":                  https,
	} {
		got, err := client.ParseEndpoint(endpoint)
		if err == nil {
			t.Errorf("%q gives %v", endpoint, got)
			continue
		}
		if !strings.Contains(err.Error(), complaint) {
			t.Errorf("%q: %v; not about %s", endpoint, err, complaint)
		}
		if strings.Contains(err.Error(), "planted") {
			t.Errorf("the error repeats the value: %v", err)
		}
	}
}

func TestEnvironmentEndpoint(t *testing.T) {
	t.Parallel()
	if all := client.Environments(); len(all) != 2 || all[0] != client.Production {
		t.Errorf("environments %v", all)
	}
	for environment, want := range map[string]string{
		"production": "https://platform.spritz.finance",
		"sandbox":    "https://sandbox.spritz.finance",
	} {
		got, err := client.EnvironmentEndpoint(environment)
		if err != nil || got.String() != want {
			t.Errorf("%s gives %v, %v", environment, got, err)
			continue
		}
		if parsed, err := client.ParseEndpoint(want); err != nil || *parsed != *got {
			t.Errorf("%s is no endpoint: %v", want, err)
		}
	}
	for _, environment := range []string{"", "Production", "planted"} {
		if got, err := client.EnvironmentEndpoint(environment); err == nil || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q gives %v, %v", environment, got, err)
		}
	}
}

// One API has one endpoint: state and recovery folder name the API by it.
func TestEndpointIsCanonical(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://api.example:443": "https://api.example",
		"https://api.example:":    "https://api.example",
		"http://127.0.0.1:80":     "http://127.0.0.1",
	} {
		if got, err := client.ParseEndpoint(endpoint); err != nil || got.String() != want {
			t.Errorf("%s gives %v, %v", endpoint, got, err)
		}
	}
}
