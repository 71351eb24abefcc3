// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCanonicalTarget(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ sent, signed string }{
		{"/a", "/a"},
		{"/a/", "/a/"},
		{"/a?", "/a"},
		{"/a%20b%2Fc", "/a%20b%2Fc"},
		{"/a?b=2&a=1", "/a?a=1&b=2"},
		{"/a?b=2&b=1&a=3", "/a?a=3&b=2&b=1"},
		{"/a?q=x+y%20z", "/a?q=x%20y%20z"},
		{"/a?q=%2b%26%3d%25", "/a?q=%2B%26%3D%25"},
		{"/a?q=%2521", "/a?q=%2521"},
		{"/a?q=%21%27%28%29%2a-_.~", "/a?q=!'()*-_.~"},
		{"/a?q=/:@$,;", "/a"}, // Go does not parse this query
		{"/a?q=/:@$,%3B", "/a?q=%2F%3A%40%24%2C%3B"},
		{"/a?%C3%A9=%E2%98%83", "/a?%C3%A9=%E2%98%83"},
		{"/a?b", "/a?b="},
	} {
		u, err := url.Parse(tt.sent)
		if err != nil {
			t.Fatal(err)
		}
		if got := canonicalTarget(u); got != tt.signed {
			t.Errorf("%s is signed as %s, not %s", tt.sent, got, tt.signed)
		}
	}
}

func TestQueryIsSignedSorted(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	r := c.request(c.Secret(), "GET", ProfilePath+"?a=x%20y&b=1", "")
	r.URL.RawQuery = "b=1&a=x+y"
	if a := c.do(r); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A method is signed in upper case, however it is sent.
func TestMethodInLowerCase(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	there := c.AddWebhook("https://example.com/a")
	r := c.request(c.Secret(), "PATCH", WebhooksPath+"/"+there.ID, `{"events":["*"]}`)
	r.Method = "patch"
	if a := c.do(r); a.status != 200 || c.Count("PATCH", "") != 1 {
		t.Errorf("%d %s", a.status, a.body)
	}
	r = c.request(c.Secret(), "patch", WebhooksPath+"/"+there.ID, `{"events":[]}`)
	if a := c.do(r); a.status != 401 {
		t.Errorf("signed in lower case: %d %s", a.status, a.body)
	}
}

func TestTimestampWindow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		skew   time.Duration
		status int
	}{
		{0, 200},
		{300 * time.Second, 200},
		{-300 * time.Second, 200},
		{300*time.Second + time.Millisecond, 401},
		{-300*time.Second - time.Millisecond, 401},
	} {
		t.Run(tt.skew.String(), func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{})
			c.SetSkew(tt.skew)
			if a := c.profile(c.Secret()); a.status != tt.status {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
}

func TestTimestampFormat(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	ms := strconv.FormatInt(now.UnixMilli(), 10)
	for _, timestamp := range []string{
		"", "now", "+" + ms, "-" + ms, ms + ".0", "0x1", "1_000",
		strconv.FormatInt(now.Unix(), 10), now.Format(time.RFC3339),
		"9223372036854775807", "9223372036854775808", "99999999999999999999",
	} {
		if timely(timestamp, now) {
			t.Errorf("%q is taken", timestamp)
		}
	}
	if !timely(ms, now) {
		t.Errorf("%q is not taken", ms)
	}
}

func TestUnauthorized(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(http.Header){
		"no key":              func(h http.Header) { h.Del("X-Integrator-Key") },
		"unknown key":         func(h http.Header) { h.Set("X-Integrator-Key", "int_other") },
		"two keys":            func(h http.Header) { h.Add("X-Integrator-Key", h.Get("X-Integrator-Key")) },
		"no timestamp":        func(h http.Header) { h.Del("X-Timestamp") },
		"two timestamps":      func(h http.Header) { h.Add("X-Timestamp", h.Get("X-Timestamp")) },
		"another timestamp":   func(h http.Header) { h.Set("X-Timestamp", h.Get("X-Timestamp")[:12]+"0") },
		"no signature":        func(h http.Header) { h.Del("X-Signature") },
		"two signatures":      func(h http.Header) { h.Add("X-Signature", h.Get("X-Signature")) },
		"upper-case hex":      func(h http.Header) { h.Set("X-Signature", "sha256="+strings.ToUpper(h.Get("X-Signature")[7:])) },
		"no signature scheme": func(h http.Header) { h.Set("X-Signature", h.Get("X-Signature")[7:]) },
		"half a signature":    func(h http.Header) { h.Set("X-Signature", h.Get("X-Signature")[:39]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{})
			r := c.request(c.Secret(), "POST", RegeneratePath, `{}`)
			spoil(r.Header)
			a := c.do(r)
			if a.status != 401 || a.header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%d %v %s", a.status, a.header, a.body)
			}
			problem := a.json(t)
			if problem["type"] != ProblemUnauthorized || problem["status"] != 401.0 || problem["retryable"] != false {
				t.Errorf("problem %v", problem)
			}
			hasTexts(t, problem, "title", "detail", "code", "instance", "realm", "scope")
			if got := c.last(); got.Processed || got.Problem != ProblemUnauthorized {
				t.Errorf("recorded %+v", got)
			}
		})
	}
}

// hasTexts checks that members of a problem are texts that are not empty.
func hasTexts(t *testing.T, problem map[string]any, members ...string) {
	t.Helper()
	for _, member := range members {
		if s, ok := problem[member].(string); !ok || s == "" {
			t.Errorf("%s is %v", member, problem[member])
		}
	}
}

func TestSignatureCoversBody(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	signature := c.request(c.Secret(), "POST", RegeneratePath, `{}`).Header.Get("X-Signature")
	r := c.request(c.Secret(), "POST", RegeneratePath, `{ }`)
	r.Header.Set("X-Signature", signature)
	if a := c.do(r); a.status != 401 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key, authorization string
		problem            string
	}{
		{"", "", ""},
		{"", "Bearer anything", ""},
		{"ak_1", "Bearer ak_1", ""},
		{"ak_1", "", ProblemInvalidToken},
		{"ak_1", "Bearer ak_2", ProblemInvalidToken},
		{"ak_1", "ak_1", ProblemInvalidToken},
	} {
		t.Run(tt.key+" "+tt.authorization, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{UserAPIKey: tt.key})
			r := c.request(c.Secret(), "GET", ProfilePath, "")
			if tt.authorization != "" {
				r.Header.Set("Authorization", tt.authorization)
			}
			want := 200
			if tt.problem != "" {
				want = 401
			}
			if a := c.do(r); a.status != want {
				t.Errorf("%d %s", a.status, a.body)
			}
			if got := c.last(); got.Problem != tt.problem {
				t.Errorf("recorded %+v", got)
			}
		})
	}

	t.Run("the signature is checked first", func(t *testing.T) {
		t.Parallel()
		c := start(t, Options{UserAPIKey: "ak_1"})
		c.profile("wrong")
		if got := c.last(); got.Problem != ProblemUnauthorized {
			t.Errorf("recorded %+v", got)
		}
	})
}

// Where each request needs a bearer token, it is checked first, and its absence
// reads as in the example that the API documents.
func TestBearerRequired(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "ak_1"} {
		c := start(t, Options{UserAPIKey: key, BearerRequired: true})
		problem := c.profile("whatever").json(t)
		for member, want := range map[string]any{
			"type": ProblemUnauthorized, "title": "Unauthorized", "status": 401.0,
			"detail": "Bearer token required", "realm": "API", "scope": "read:users",
		} {
			if problem[member] != want {
				t.Errorf("%s is %v", member, problem[member])
			}
		}
		r := c.request(c.Secret(), "GET", ProfilePath, "")
		r.Header.Set("Authorization", "Bearer ak_1")
		if a := c.do(r); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}
