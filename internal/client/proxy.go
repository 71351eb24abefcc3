// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// ProxyError says that a proxy did not connect to the API. Nothing was sent to the
// API.
type ProxyError struct {
	Proxy  string // host and port, without the user and password
	Status int    // of the proxy's answer; 0 for a SOCKS proxy, which has none
	// Login says that the proxy wants a user name and password, or refuses those that
	// it was given.
	Login bool
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("the proxy %s refused the login", e.Proxy)
	}
	verb := "refused to"
	if e.Status >= 500 {
		verb = "could not"
	}
	return fmt.Sprintf("the proxy %s %s connect to the API: %s", e.Proxy, verb, statusText(e.Status))
}

// permanent reports whether the proxy will say the same again. More logins that
// fail may lock the account.
func (e *ProxyError) permanent() bool {
	busy := e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests
	return e.Login || e.Status < 500 && !busy
}

// proxyAnswered takes the place of the error that net/http makes of a proxy's
// refusal: only the words of the proxy.
func proxyAnswered(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, Status: resp.StatusCode, Login: resp.StatusCode == http.StatusProxyAuthRequired}
}

// socksRefusal returns the refusal of a SOCKS proxy's login, for which net/http has
// no type of its own, and other errors as they are.
func socksRefusal(err error) error {
	failed, ok := errors.AsType[*net.OpError](err)
	if !ok || failed.Op != "socks connect" || failed.Source == nil || !strings.Contains(failed.Err.Error(), "authentication") {
		return err
	}
	return &ProxyError{Proxy: failed.Source.String(), Login: true}
}

// ProxyVariableError says that the environment variable that names the proxy has a
// value that is no address. It does not repeat the value, which may hold a password.
type ProxyVariableError struct{ Variable string }

func (e *ProxyVariableError) Error() string {
	return "the environment variable " + e.Variable + " is no address of a proxy"
}

// proxyFromEnvironment is http.ProxyFromEnvironment, but for an address that does
// not parse: net/http then connects directly, past the proxy.
func proxyFromEnvironment(req *http.Request) (*url.URL, error) {
	if req.URL.Scheme == "https" && !loopback(req.URL.Hostname()) { // others are never proxied
		for _, variable := range []string{"HTTPS_PROXY", "https_proxy"} {
			value := os.Getenv(variable)
			if value == "" {
				continue
			}
			_, err := url.Parse(value)
			if _, hostErr := url.Parse("http://" + value); err != nil && hostErr != nil {
				return nil, &ProxyVariableError{variable}
			}
			break // net/http reads the first that is set
		}
	}
	return http.ProxyFromEnvironment(req)
}
