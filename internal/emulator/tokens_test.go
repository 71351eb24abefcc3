// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"strings"
	"testing"
	"time"
)

func (c *client) token(body string) answer {
	c.t.Helper()
	return c.do(c.request(c.Secret(), "POST", TokensPath, body))
}

func TestToken(t *testing.T) {
	t.Parallel()
	c := start(t, Options{Users: []string{"ak_first", "ak_second"}})
	for i, tt := range []struct {
		body, user, expiresAt string
		expiresIn             float64
	}{
		{`{"userApiKey":"ak_first"}`, "user_0", "2026-08-19T16:16:07.597Z", 3600},
		{`{"userApiKey":"ak_second","expiresIn":1}`, "user_1", "2026-08-19T15:16:08.597Z", 1},
	} {
		a := c.token(tt.body)
		token := a.json(t)
		if a.status != 200 || token["tokenType"] != "Bearer" || token["userId"] != tt.user ||
			token["expiresIn"] != tt.expiresIn || token["expiresAt"] != tt.expiresAt {
			t.Fatalf("%d %s", a.status, a.body)
		}
		issued := c.Tokens()[i]
		if value, _ := token["accessToken"].(string); !strings.HasPrefix(value, "spr_") || value != issued.Value || issued.UserID != tt.user {
			t.Errorf("the token is not the one that was issued")
		}
	}
	if tokens := c.Tokens(); tokens[0].Value == tokens[1].Value {
		t.Error("the same token twice")
	}
}

func TestTokenIsRefused(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	for _, tt := range []struct {
		body    string
		status  int
		problem string
	}{
		{``, 400, ProblemInvalidFields},
		{`{}`, 400, ProblemInvalidFields},
		{`{"userApiKey":1}`, 400, ProblemInvalidFields},
		{`{"userApiKey":""}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_demo","expiresIn":0}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_demo","expiresIn":3601}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_demo","expiresIn":1.5}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_demo","expiresIn":"60"}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_demo","expiresIn":null}`, 400, ProblemInvalidFields},
		{`{"userApiKey":"ak_other"}`, 401, ProblemInvalidToken},
	} {
		if a := c.token(tt.body); a.status != tt.status || a.json(t)["type"] != tt.problem {
			t.Errorf("%s: %d %s", tt.body, a.status, a.body)
		}
	}
	if n := len(c.Tokens()); n != 0 {
		t.Errorf("%d tokens were issued", n)
	}
}

// The window slides: a token may be made once the oldest of the last hundred is
// older than the window.
func TestTokensAreLimited(t *testing.T) {
	t.Parallel()
	const body = `{"userApiKey":"ak_demo"}`
	c := start(t, Options{})
	c.token(body)
	c.clock.Advance(10*time.Second + 500*time.Millisecond)
	for range tokenLimit - 1 {
		if a := c.token(body); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	expect := func(status int, retryAfter string) {
		t.Helper()
		if a := c.token(body); a.status != status || a.header.Get("Retry-After") != retryAfter {
			t.Errorf("%d, Retry-After: %s", a.status, a.header.Get("Retry-After"))
		}
	}
	expect(429, "50")
	c.clock.Advance(49 * time.Second)
	expect(429, "1")
	c.clock.Advance(500 * time.Millisecond)
	expect(200, "")
	expect(429, "11")
	c.clock.Advance(time.Minute)
	expect(200, "")
}
