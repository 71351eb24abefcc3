// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"slices"
	"strings"
)

// credential is what a 401 is about.
type credential int

const (
	theSecret credential = iota // or the clock, which is signed with it
	theKey
	theBearer
)

// BearerRefused reports whether it was the user API key that was refused, or
// missed, rather than the integrator's secret.
func (e *Error) BearerRefused() bool {
	return e.Status == http.StatusUnauthorized && e.refusedCredential() == theBearer
}

// KeyRefused reports whether it was the integrator's key that was refused, rather
// than the secret.
func (e *Error) KeyRefused() bool {
	return e.Status == http.StatusUnauthorized && e.refusedCredential() == theKey
}

// SecretRefused reports whether the signature was refused: the secret is not (or
// no longer) valid, or the clocks differ.
func (e *Error) SecretRefused() bool {
	return e.Status == http.StatusUnauthorized && e.refusedCredential() == theSecret
}

// refusedCredential says which credential a 401 is about. One type of problem
// stands for all of them, so its words have to tell. Without any, it is the secret:
// each request is signed, and not each has a bearer token.
//
// Words about the signature outweigh those about a key or a token, which such a
// sentence may name as well. A bearer token is nothing that a signature has.
func (e *Error) refusedCredential() credential {
	words := strings.ToLower(strings.Join([]string{e.Title, e.Detail, e.Code, e.Field}, " "))
	speakOf := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(words, name) })
	}
	switch {
	case e.Type == TypeTokenExpired, e.Type == TypeInvalidToken, speakOf("bearer"):
		return theBearer
	case speakOf("signature", "secret", "hmac", "timestamp", "clock"):
		return theSecret
	case speakOf("token", "user api key", "authorization header"):
		return theBearer
	case speakOf("key"):
		return theKey
	case strings.Contains(strings.ToLower(e.Scope), "user"): // such as read:users, which only a token has
		return theBearer
	}
	return theSecret
}
