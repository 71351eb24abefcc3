// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// wantClean checks that a text of the server is fit for a terminal.
func wantClean(t *testing.T, text string, limit int) {
	t.Helper()
	if utf8.RuneCountInString(text) > limit || !utf8.ValidString(text) {
		t.Errorf("%d bytes, valid %t", len(text), utf8.ValidString(text))
	}
	for _, r := range text {
		if !unicode.IsGraphic(r) {
			t.Errorf("contains %U", r)
		}
	}
}

func FuzzParseProblem(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", "[]", `{"title":"Not Found","status":404}`,
		`{"type":"urn:problem-type:auth:unauthorized","detail":"sk_test_planted","retryable":true}`,
		`{"type":1,"errors":[{"field":"a\u001b[2J","message":null},3,"x",[]]}`,
		`{"title":"\ud800\u202e\u0000","errors":{"0":{}}}`,
		`{"instance":"` + strings.Repeat("é\n", 2000) + `"}`,
		"<html>502</html>", "\xff{\"title\":\"\xff\"}",
	} {
		f.Add([]byte(body))
	}
	const planted = "sk_test_planted"
	f.Fuzz(func(t *testing.T, body []byte) {
		e := answered(400, nil, string(body), apisecret.New(planted))
		texts := []string{e.Type, e.Title, e.Detail, e.Code, e.Field, e.Instance, e.Realm, e.Scope, e.ResourceType, e.ResourceID}
		for _, field := range e.Fields {
			texts = append(texts, field.Field, field.Message, field.Code)
		}
		if len(e.Fields) > maxProblemFields {
			t.Errorf("%d field errors", len(e.Fields))
		}
		for _, text := range texts {
			wantClean(t, text, maxProblemText+1)
			if strings.Contains(text, planted) {
				t.Error("reveals the secret")
			}
		}
		wantClean(t, e.Error(), 3*maxProblemText)
	})
}

func FuzzRedact(f *testing.F) {
	for name, guise := range Guises("sk_test_planted") {
		f.Add(name+" "+guise, "sk_test_planted")
	}
	f.Add(`\u`, `\u`)
	f.Add("%4&#;%", "%")
	f.Add("\xff\u200b+", "+")
	f.Fuzz(func(t *testing.T, text, secret string) {
		redacted := redact(text, apisecret.New(secret))
		if secret != "" && !strings.ContainsAny(secret, apisecret.Redacted) && strings.Contains(redacted, secret) {
			t.Error("reveals the secret")
		}
		if !strings.Contains(redacted, apisecret.Redacted) && redacted != text {
			t.Error("changes the text otherwise")
		}
	})
}

func FuzzParseRegenerated(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", `{"secret":""}`, `{"secret":null}`, `{"secret":"x"`, `{"Secret":"x"}`, `["secret"]`,
		`{"secret":"sk_test_x","oldSecretExpiresAt":"2026-08-19T15:21:07.597Z"}`,
		`{"oldSecretExpiresAt":{"\u001b":[1,2`, `{"secret":"x","secret":3}`, `{"secret":"x"}{"secret":"y"}`,
		`{"oldSecretExpiresAt":"\u001b[2J` + strings.Repeat("soon ", 50) + `","secret":"x"} trailing`,
		"\xef\xbb\xbf{\"secret\":\"x\"}", `{"secret":"\ud800"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		regenerated := parseRegenerated(body)
		if regenerated == nil {
			return
		}
		if regenerated.Secret.IsZero() {
			t.Error("an empty secret")
		}
		wantClean(t, regenerated.OddExpiry, 64)
		if regenerated.OddExpiry != "" && !regenerated.OldSecretExpiresAt.IsZero() {
			t.Error("the expiry is both odd and known")
		}
		var whole map[string]json.RawMessage
		if json.Unmarshal(body, &whole) == nil {
			var secret string
			if json.Unmarshal(whole["secret"], &secret) != nil || secret != regenerated.Secret.Reveal() {
				t.Error("not the secret of the reply")
			}
		}
	})
}

// FuzzCutReply cuts a valid reply anywhere. The secret is then complete or missing.
func FuzzCutReply(f *testing.F) {
	for cut := range uint(60) {
		f.Add("sk_test_\"\\☃\x00", "2026-08-19T15:21:07.597Z", cut)
	}
	f.Add("x", "", uint(5))
	f.Add("}", `","secret":"y"`, uint(50))
	f.Fuzz(func(t *testing.T, secret, expiry string, cut uint) {
		secret = strings.ToValidUTF8(secret, "?") // what JSON can carry
		for _, reply := range []any{
			struct {
				Secret string `json:"secret"`
				Expiry string `json:"oldSecretExpiresAt"`
			}{secret, expiry},
			struct {
				Expiry string `json:"oldSecretExpiresAt"`
				Secret string `json:"secret"`
			}{expiry, secret},
		} {
			body, err := json.Marshal(reply)
			if err != nil {
				t.Fatal(err)
			}
			if got := parseRegenerated(body); secret != "" && (got == nil || got.Secret.Reveal() != secret) {
				t.Errorf("lost out of %s", body)
			}
			body = body[:cut%uint(len(body)+1)]
			if got := parseRegenerated(body); got != nil && (got.Secret.Reveal() != secret || secret == "") {
				t.Errorf("%q out of %s", got.Secret.Reveal(), body)
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "0", "-1", "5", "9999999999", "99999999999999999999", "Wed, 19 Aug 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wait := retryAfter(http.Header{"Retry-After": {value}}, noon())
		if wait < 0 {
			t.Errorf("waits %s", wait)
		}
		if late := retryAfter(http.Header{"Retry-After": {value}}, noon().Add(time.Hour)); late > wait {
			t.Errorf("an hour later it waits longer: %s, not %s", late, wait)
		}
	})
}

func FuzzParseEndpoint(f *testing.F) {
	for _, endpoint := range []string{
		"https://platform.spritz.finance", "http://127.0.0.1:8080/", "http://[::1]:80", "https://u:p@h", "https://h?q#f", "https://h/%2e", "HTTP://LOCALHOST", "https://h:",
	} {
		f.Add(endpoint)
	}
	f.Fuzz(func(t *testing.T, endpoint string) {
		u, err := ParseEndpoint(endpoint)
		if err != nil {
			return
		}
		reparsed, err := ParseEndpoint(u.String())
		if err != nil || !reflect.DeepEqual(u, reparsed) {
			t.Errorf("%q gives %v, which gives %v, %v", endpoint, u, reparsed, err)
		}
		if u.Scheme != "https" && !loopback(u.Hostname()) {
			t.Errorf("%q gives %v", endpoint, u)
		}
		if req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String()+profilePath, http.NoBody); err != nil || req.URL.Host != strings.TrimSuffix(u.Host, ":") || signedPath(req.URL) != profilePath {
			t.Errorf("%q is no base URL: %v", endpoint, err)
		}
	})
}
