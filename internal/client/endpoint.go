// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// The environments of the API.
const (
	Production = "production"
	Sandbox    = "sandbox"
)

// Environments lists the names that EnvironmentEndpoint knows, the default
// first.
func Environments() []string { return []string{Production, Sandbox} }

// EnvironmentEndpoint returns the base URL of an environment.
func EnvironmentEndpoint(environment string) (*url.URL, error) {
	switch environment {
	case Production:
		return &url.URL{Scheme: "https", Host: "platform.spritz.finance"}, nil
	case Sandbox:
		return &url.URL{Scheme: "https", Host: "sandbox.spritz.finance"}, nil
	}
	return nil, fmt.Errorf("must be one of %s", strings.Join(Environments(), ", "))
}

// ParseEndpoint checks and parses a base URL: https, or http on a loopback
// host; no path (the signature covers it), user info, query or fragment. Its
// errors do not repeat the value, which may hold a password.
func ParseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, errors.New("must be an absolute URL such as https://sandbox.spritz.finance")
	case u.User != nil:
		return nil, errors.New("must not contain a user name or password")
	case strings.Contains(endpoint, "?"):
		return nil, errors.New("must not contain a query")
	case strings.Contains(endpoint, "#"):
		return nil, errors.New("must not contain a fragment")
	case u.Path != "" && u.Path != "/":
		return nil, errors.New("must not contain a path: requests are signed for the API's own paths")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("must use https; http is for a loopback host only, such as http://127.0.0.1:8080")
	case !slices.Contains([]string{"https", "http"}, u.Scheme):
		return nil, errors.New("must use https")
	}
	return &url.URL{Scheme: u.Scheme, Host: canonicalHost(u)}, nil
}

// canonicalHost returns the one way to write a host. State and recovery
// folder name the API by its endpoint, so one API must not have two of them.
func canonicalHost(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
