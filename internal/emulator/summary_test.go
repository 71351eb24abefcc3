// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "testing"

func TestMasked(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"sk_test_ABCDEFGHIJKLMNOPQRSTUVWXYZ": "sk_test_…WXYZ",
		"sk_test_SHORT":                      "…",
		"sk_test_":                           "…",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ":         "…",
		"":                                   "…",
	} {
		if got := Masked(secret); got != want {
			t.Errorf("shown: %q, want %q", got, want)
		}
	}
}

// Each request is told of, with its answer, in words that show no secret.
func TestObserve(t *testing.T) {
	t.Parallel()
	observed := make(chan Request, 9)
	c := start(t, Options{Observe: func(r Request) { observed <- r }})
	first := c.Secret()
	c.regenerate(first, `{"oldSecretValidForSeconds":0}`)
	c.profile(first)
	c.profile("wrong")
	for _, want := range []string{
		"POST /v1/integrator/regenerate-secret  200, signed with #1",
		"GET  /v1/integrator/                   401, signed with #1: auth:unauthorized",
		"GET  /v1/integrator/                   401, signed with no secret of the API: auth:unauthorized",
	} {
		if got := (<-observed).Summary(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
