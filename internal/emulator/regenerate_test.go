// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"strings"
	"testing"
	"time"
)

func TestRegenerate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		body    string
		expires any // in the reply
	}{
		{`{}`, nil},
		{`{"oldSecretValidForSeconds":0}`, nil},
		{`{"oldSecretValidForSeconds":1}`, "2026-08-19T15:16:08.597Z"},
		{`{"oldSecretValidForSeconds":300}`, "2026-08-19T15:21:07.597Z"},
		{`{"oldSecretValidForSeconds":3e2}`, "2026-08-19T15:21:07.597Z"},
		{` {"oldSecretValidForSeconds": 3600.0, "more": true} `, "2026-08-19T16:16:07.597Z"},
		{`{"OldSecretValidForSeconds":-1}`, nil}, // another member
	} {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{})
			old := c.Secret()
			a := c.regenerate(old, tt.body)
			if a.status != 200 || a.header.Get("Content-Type") != "application/json" {
				t.Fatalf("%d %s", a.status, a.body)
			}
			reply := a.json(t)
			if secret := reply["secret"]; secret != c.Secret() || secret == old {
				t.Error("the reply does not have the new secret")
			}
			if !strings.HasPrefix(c.Secret(), "sk_test_") {
				t.Error("the new secret does not look like one")
			}
			if expires := reply["oldSecretExpiresAt"]; expires != tt.expires {
				t.Errorf("oldSecretExpiresAt is %v, not %v", expires, tt.expires)
			}
			if _, present := reply["oldSecretExpiresAt"]; present != (tt.expires != nil) {
				t.Error("oldSecretExpiresAt is null")
			}
			c.expect([]string{old, c.Secret()}, tt.expires != nil, true)
		})
	}
}

func TestRegenerateValidates(t *testing.T) {
	t.Parallel()
	const field = "oldSecretValidForSeconds"
	for _, tt := range []struct{ body, field string }{
		{``, "body"},
		{` `, "body"},
		{`{`, "body"},
		{`{}{}`, "body"},
		{`null`, "body"},
		{`[]`, "body"},
		{`300`, "body"},
		{`{"oldSecretValidForSeconds":-1}`, field},
		{`{"oldSecretValidForSeconds":3601}`, field},
		{`{"oldSecretValidForSeconds":1e300}`, field},
		{`{"oldSecretValidForSeconds":0.5}`, field},
		{`{"oldSecretValidForSeconds":"300"}`, field},
		{`{"oldSecretValidForSeconds":null}`, field},
		{`{"oldSecretValidForSeconds":true}`, field},
	} {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{})
			secret := c.Secret()
			a := c.regenerate(secret, tt.body)
			problem := a.json(t)
			if a.status != 400 || problem["type"] != ProblemInvalidFields {
				t.Fatalf("%d %s", a.status, a.body)
			}
			errors, _ := problem["errors"].([]any)
			if len(errors) != 1 {
				t.Fatalf("errors are %v", problem["errors"])
			}
			entry, _ := errors[0].(map[string]any)
			if entry["field"] != tt.field || entry["message"] == "" || entry["code"] == "" {
				t.Errorf("error is %v", entry)
			}
			if c.Secret() != secret || c.last().Processed {
				t.Error("took effect all the same")
			}
		})
	}
}

// The API may grant less than was asked for. What it says is true.
func TestGraceLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		limit, granted time.Duration
	}{
		{0, time.Hour},
		{time.Minute, time.Minute},
		{2 * time.Hour, time.Hour},
		{-1, 0},
	} {
		c := start(t, Options{GraceLimit: tt.limit})
		old := c.Secret()
		said, given := c.regenerate(old, `{"oldSecretValidForSeconds":3600}`).json(t)["oldSecretExpiresAt"]
		if given != (tt.granted > 0) || given && said != formatTime(c.clock.Now().Add(tt.granted)) {
			t.Errorf("limit %s: expires at %v", tt.limit, said)
		}
		c.expect([]string{old, c.Secret()}, tt.granted > 0, true)
		c.clock.Advance(tt.granted)
		c.expect([]string{old, c.Secret()}, false, true)
	}
}

func TestOldSecretSignsRegeneration(t *testing.T) {
	t.Parallel()
	const body = `{"oldSecretValidForSeconds":60}`

	t.Run("allowed", func(t *testing.T) {
		t.Parallel()
		c := start(t, Options{})
		oldest := c.Secret()
		c.regenerate(oldest, body)
		middle := c.Secret()
		// The oldest secret signs, but the newest one is replaced.
		if a := c.regenerate(oldest, `{}`); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		c.expect([]string{oldest, middle, c.Secret()}, true, false, true)
	})

	t.Run("forbidden", func(t *testing.T) {
		t.Parallel()
		c := start(t, Options{OldSecretCannotRegenerate: true})
		oldest := c.Secret()
		c.regenerate(oldest, body)
		middle := c.Secret()
		if a := c.regenerate(oldest, `{}`); a.status != 401 || a.json(t)["type"] != ProblemUnauthorized {
			t.Fatalf("%d %s", a.status, a.body)
		}
		c.expect([]string{oldest, middle}, true, true)
		if a := c.regenerate(middle, `{}`); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		c.expect([]string{oldest, middle, c.Secret()}, true, false, true)
	})
}
