// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

func noon() time.Time { return time.Date(2026, 8, 19, 12, 0, 0, 0, time.UTC) }

// answered is the error that an answer gives.
func answered(status int, header http.Header, body string, secrets ...apisecret.Secret) *Error {
	clean := func(text string) string { return cleanText(text, secrets...) }
	resp := &http.Response{StatusCode: status, Header: header}
	return newError(resp, newReply(call{method: "POST", path: "/v1/thing"}, resp, []byte(body), clean), noon(), clean)
}

func TestProblemInFull(t *testing.T) {
	t.Parallel()
	got := answered(401, http.Header{
		"X-Amzn-Requestid": {"request"}, "X-Amzn-Trace-Id": {"trace"},
		"Retry-After": {"7"}, "Date": {"Wed, 19 Aug 2026 12:10:00 GMT"},
	}, `{
		"type": "urn:problem-type:auth:token-expired", "title": "Token expired", "status": 418, "detail": "Get another.",
		"instance": "urn:uuid:1", "code": "token-expired", "field": "authorization", "retryable": true,
		"realm": "integrator", "scope": "all", "resourceType": "token", "resourceId": "t1",
		"errors": [{"field": "a", "message": "is bad", "code": "bad"}, {"field": "b"}],
		"unheard": {"of": [1]}
	}`)
	want := &Error{
		Method: "POST", Path: "/v1/thing", Status: 401, Document: true,
		Type: TypeTokenExpired, Title: "Token expired", Detail: "Get another.",
		Instance: "urn:uuid:1", Code: "token-expired", Field: "authorization", Retryable: true,
		Realm: "integrator", Scope: "all", ResourceType: "token", ResourceID: "t1",
		Fields:    []FieldError{{"a", "is bad", "bad"}, {Field: "b"}},
		RequestID: "request", TraceID: "trace",
		RetryAfter: 7 * time.Second, Date: noon().Add(10 * time.Minute),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", *got)
	}
	if text := got.Error(); text != "401 Unauthorized: Token expired: Get another." {
		t.Error(text)
	}
}

func TestProblemThatIsNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " ", "null", "true", `"text"`, "[]", `[{"title":"x"}]`, "{", `{"title":"x"`, "{}",
		"<html><body><h1>502 Bad Gateway</h1></body></html>", "\xff\xfe", "\x1b[2J",
		strings.Repeat("[", 100000), strings.Repeat(`{"a":`, 100000),
		`{"type":1,"title":[],"detail":{},"code":true,"field":1.5,"instance":null,"retryable":"true",` +
			`"realm":0,"scope":[1],"resourceType":{},"resourceId":7,"errors":"none","status":"401"}`,
	} {
		got := answered(502, nil, body)
		if want := (&Error{Method: "POST", Path: "/v1/thing", Status: 502}); !reflect.DeepEqual(got, want) {
			t.Errorf("%.80q gives %+v", body, *got)
		}
		if text := got.Error(); text != "502 Bad Gateway" {
			t.Error(text)
		}
	}
}

func TestProblemDocument(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"type":"about:blank"}`:                       true,
		`{"title":"Forbidden"}`:                        true,
		`{"status":403}`:                               true,
		`{"detail":"No."}`:                             true,
		`{"title":1,"status":"403","detail":"No."}`:    true,
		`{"message":"Forbidden"}`:                      false, // of a gateway
		`{"error":"blocked","code":"x","errors":[{}]}`: false,
		`{"type":"","title":" ","status":0}`:           false,
		`[{"title":"Forbidden"}]`:                      false,
		`<html><title>403 Forbidden</title></html>`:    false,
	} {
		if got := answered(403, nil, body).Document; got != want {
			t.Errorf("%s: %t", body, got)
		}
	}
}

func TestProblemKeepsWhatIsUsable(t *testing.T) {
	t.Parallel()
	got := answered(400, nil, `{"title":1,"detail":"Mind the field.","errors":[{"field":1,"message":"is bad"}]}`)
	if got.Title != "" || got.Detail != "Mind the field." || !reflect.DeepEqual(got.Fields, []FieldError{{Message: "is bad"}}) {
		t.Errorf("%+v", *got)
	}
}

func TestProblemText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, title, want string }{
		{"control characters", "a\x1b[31mb\x00c\u009bd", "a [31mb c d"},
		{"lines", " a\nb\r\n\tc\u2028d\u2029e ", "a b   c d e"},
		{"direction and width", "a\u202eb\u200bc\ufeffd", "a b c d"},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
		{"other scripts", "Ünïcode ☃ 日本語 🙂", "Ünïcode ☃ 日本語 🙂"},
		{"long", strings.Repeat("é", 1001), strings.Repeat("é", 1000) + "…"},
		{"just short enough", strings.Repeat("é", 1000), strings.Repeat("é", 1000)},
		{"a secret", "no sk_test_planted, please: sk_test_planted", "no (redacted), please: (redacted)"},
		{"a secret where it is cut", strings.Repeat("x", 995) + "sk_test_planted", strings.Repeat("x", 995) + "(reda…"},
		{"a secret in escapes", `sk_test_\u0070lanted`, "(redacted)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			title := tt.title
			if !strings.Contains(title, `\u`) {
				title = strings.NewReplacer("\x1b", `\u001b`, "\x00", `\u0000`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(title)
			}
			got := answered(400, nil, `{"title":"`+title+`"}`, apisecret.New("sk_test_planted"), apisecret.Secret{})
			if got.Title != tt.want {
				t.Errorf("%q, not %q", got.Title, tt.want)
			}
		})
	}
}

func TestProblemIsBounded(t *testing.T) {
	t.Parallel()
	got := answered(400, nil, `{"errors":[{}`+strings.Repeat(`,{"field":"f"}`, 1000)+`]}`)
	if len(got.Fields) != maxProblemFields {
		t.Errorf("%d field errors", len(got.Fields))
	}
}

func TestWhatA401Refuses(t *testing.T) {
	t.Parallel()
	const secret, key, bearer, nothing = "secret", "key", "bearer", ""
	for _, tt := range []struct {
		status  int
		body    string
		refuses string
	}{
		{401, `{"type":"urn:problem-type:auth:token-expired"}`, bearer},
		{401, `{"type":"urn:problem-type:auth:invalid-token"}`, bearer},
		{401, `{"type":"auth:invalid-token"}`, bearer},
		{401, `{"type":"urn:problem-type:auth:unauthorized"}`, secret},
		{401, `{"type":"about:blank"}`, secret},
		{401, ``, secret},
		{401, `<html>Bearer token required</html>`, secret},
		{403, `{"type":"urn:problem-type:auth:invalid-token"}`, nothing},
		{403, `{"detail":"Bearer token required"}`, nothing},
		{200, `{"type":"urn:problem-type:auth:unauthorized"}`, nothing},

		{401, `{"type":"urn:problem-type:auth:unauthorized","title":"Unauthorized","status":401,"detail":"Bearer token required","realm":"API","scope":"read:users"}`, bearer},
		{401, `{"detail":"bearer token required"}`, bearer},
		{401, `{"code":"BEARER_TOKEN_MISSING"}`, bearer},
		{401, `{"detail":"Missing bearer token beside the signature"}`, bearer},
		{401, `{"detail":"The access token is not valid"}`, bearer},
		{401, `{"detail":"No user API key"}`, bearer},
		{401, `{"detail":"Authorization header is missing"}`, bearer},
		{401, `{"title":"Unauthorized","scope":"read:users"}`, bearer},
		{401, `{"detail":"Unknown integrator key"}`, key},
		{401, `{"field":"X-Integrator-Key"}`, key},
		{401, `{"code":"unknown-key"}`, key},
		{401, `{"detail":"Invalid signature","scope":"read:users"}`, secret},
		{401, `{"detail":"Invalid key or signature"}`, secret},
		{401, `{"detail":"The timestamp is outside of the allowed window"}`, secret},
		{401, `{"detail":"The API secret was replaced"}`, secret},
		{401, `{"title":"Unauthorized","realm":"integrator","scope":"integrator"}`, secret},
	} {
		got := answered(tt.status, nil, tt.body)
		for refuses, is := range map[string]bool{secret: got.SecretRefused(), key: got.KeyRefused(), bearer: got.BearerRefused()} {
			if is != (refuses == tt.refuses) {
				t.Errorf("%d %s: refuses the %s: %t", tt.status, tt.body, refuses, is)
			}
		}
		if errors.Is(got, apisecret.ErrRefused) != (tt.refuses == secret) {
			t.Errorf("%d %s: %v", tt.status, tt.body, got)
		}
	}
}

func TestStatusText(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{429: "429 Too Many Requests", 599: "599"} {
		if got := answered(status, nil, "").Error(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := answered(403, nil, `{"title":"Forbidden","detail":"Forbidden"}`).Error(); got != "403 Forbidden" {
		t.Errorf("says it again: %q", got)
	}
}

// The problem document says how long to wait where the header does not.
func TestRetryAfterInProblem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header, body string
		want         time.Duration
	}{
		{"", `{"retryAfter": 7}`, 7 * time.Second},
		{"", `{"retryAfter": 1.5}`, 2 * time.Second},
		{"", `{"retryAfter": 0}`, 0},
		{"", `{"retryAfter": -7}`, 0},
		{"", `{"retryAfter": "7"}`, 0},
		{"", `{"retryAfter": null}`, 0},
		{"", `{"retryafter": 7}`, 0},
		{"", `{"retryAfter": 1e300}`, 9223372036 * time.Second},
		{"", `{"retryAfter": 1e999}`, 0},
		{"", `[7]`, 0},
		{"3", `{"retryAfter": 7}`, 3 * time.Second},
		{"0", `{"retryAfter": 7}`, 0},
		{"soon", `{"retryAfter": 7}`, 0},
	} {
		if got := answered(429, http.Header{"Retry-After": {tt.header}}, tt.body).RetryAfter; got != tt.want {
			t.Errorf("%q and %s give %s, not %s", tt.header, tt.body, got, tt.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"":                                  0,
		"0":                                 0,
		"1":                                 time.Second,
		"+5":                                5 * time.Second,
		"3600":                              time.Hour,
		"-1":                                0,
		"1.5":                               0,
		"5 s":                               0,
		"soon":                              0,
		"2147483648":                        (1 << 31) * time.Second,
		"9999999999":                        9223372036 * time.Second, // all that a Duration holds
		"99999999999999999999":              9223372036 * time.Second, // all that a Duration holds
		"-99999999999999999999":             0,
		"Wed, 19 Aug 2026 12:00:30 GMT":     30 * time.Second,
		"Wednesday, 19-Aug-26 12:00:30 GMT": 30 * time.Second,
		"Wed Aug 19 12:00:30 2026":          30 * time.Second,
		"Wed, 19 Aug 2026 12:00:00 GMT":     0,
		"Wed, 19 Aug 2026 11:59:59 GMT":     0,
		"Fri, 31 Dec 9999 23:59:59 GMT":     math.MaxInt64,
		"Wed, 19 Aug 2026 12:00:30 +0000":   0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, noon()); got != want {
			t.Errorf("%q gives %s, not %s", value, got, want)
		}
	}
}
