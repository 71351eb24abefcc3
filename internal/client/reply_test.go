// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func typed(contentType, body string) emulator.Fault {
	return emulator.Fault{Status: 200, ContentType: contentType, Body: body}
}

// A reply of success without a secret is kept, and its error says where it seems to
// come from.
func TestReplyWithoutSecret(t *testing.T) {
	t.Parallel()
	const fromAPI, fromElsewhere = false, true
	for _, tt := range []struct {
		name      string
		fault     emulator.Fault
		elsewhere bool
		says      string
		kept      string
	}{
		{"another name", emulator.Fault{Body: `{"apiSecret":"sk_test_renamed"}`}, fromAPI, "the API answered 200 without a readable secret", `{"apiSecret":"sk_test_renamed"}`},
		{"a page", typed("text/html; charset=utf-8", "<html>sk_test_x</html>"), fromElsewhere, "200 OK (content type: text/html)", "<html>sk_test_x</html>"},
		{"no body", emulator.Fault{Status: 202}, fromElsewhere, "202 Accepted (content type: none)", ""},
		{"no content", emulator.Fault{Status: 204}, fromElsewhere, "204 No Content (content type: none)", ""},
		{"a status without a name", emulator.Fault{Status: 299, Body: "1"}, fromElsewhere, "299 (content type: application/json)", "1"},
		{"a list", typed("application/vnd.api+json", `["sk_test_x"]`), fromElsewhere, "(content type: application/vnd.api+json)", `["sk_test_x"]`},
		{"a content type with a body in it", typed(`text/html{"secret":"sk_test_x"}`, "-"), fromElsewhere, "(content type: none)", "-"},
		{"a content type like a secret", typed("sk_test_x/sk_test_y", "-"), fromElsewhere, "(content type: none)", "-"},
		{"a long content type", typed("text/"+strings.Repeat("x", 100), "-"), fromElsewhere, "(content type: none)", "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(tt.fault.After())
			_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			outcome, effect := apisecret.Unreadable, apisecret.Changed
			if tt.elsewhere {
				outcome, effect = apisecret.NotFromAPI, apisecret.Unknown
			}
			wantFailure(t, err, outcome, effect, 0, testStart())
			var failure *apisecret.RegenerateError
			var odd *client.ReplyError
			if !errors.As(err, &failure) || failure.Reply.Reveal() != tt.kept {
				t.Error("the reply is lost")
			}
			if !errors.As(err, &odd) || odd.Method != http.MethodPost || odd.Path != emulator.RegeneratePath || odd.NotFromAPI != tt.elsewhere {
				t.Errorf("%+v", odd)
			}
			if text := err.Error(); !strings.Contains(text, tt.says) || strings.Contains(text, "sk_test") {
				t.Errorf("says %q, not %q", text, tt.says)
			}
			f.wantSent(t, 0, 1)
		})
	}
}

func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

func marked(body []byte) []byte { return append([]byte("\ufeff"), body...) }

// Whatever a header says of the encoding, a secret that can be read is read.
func TestEncodedReplyIsRead(t *testing.T) {
	t.Parallel()
	damaged := func(body []byte) []byte {
		body = gzipped(body)
		body[len(body)-5]++ // in the checksum
		return body
	}
	for name, fault := range map[string]emulator.Fault{
		"byte order mark":               {Encode: marked},
		"gzip":                          {Encode: gzipped, Header: http.Header{"Content-Encoding": {"gzip"}}},
		"gzip, not declared":            {Encode: gzipped},
		"gzip, declared as another":     {Encode: gzipped, Header: http.Header{"Content-Encoding": {"br"}}},
		"gzip, byte order mark":         {Encode: func(body []byte) []byte { return gzipped(marked(body)) }},
		"gzip, damaged at its end":      {Encode: damaged},
		"gzip, followed by something":   {Encode: func(body []byte) []byte { return append(gzipped(body), "\r\n"...) }},
		"gzip, cut short":               {Encode: gzipped, Rewrite: func(reply map[string]any) { reply["z"] = randomText() }, Truncate: true},
		"declared as gzip, plain":       {Header: http.Header{"Content-Encoding": {"gzip"}}},
		"declared as br, plain":         {Header: http.Header{"Content-Encoding": {"br"}}},
		"declared as nonsense, plain":   {Header: http.Header{"Content-Encoding": {"x, gzip, y"}}},
		"another content type":          {Header: http.Header{"Content-Type": {"text/html"}}},
		"status 202":                    {Raw: func(body []byte) []byte { return append([]byte("HTTP/1.1 202 Accepted\r\n\r\n"), body...) }},
		"HTTP/1.0, until it is closed":  {Raw: func(body []byte) []byte { return append([]byte("HTTP/1.0 200 OK\r\n\r\n"), body...) }},
		"white space before the object": {Encode: func(body []byte) []byte { return append([]byte("\r\n \t"), body...) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(fault)
			got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			wantRegenerated(t, f, got, err, 0, time.Time{})
			f.wantSent(t, 0, 1)
		})
	}
}

// randomText is long, also when it is compressed.
func randomText() string {
	var text strings.Builder
	for seed := uint32(1); text.Len() < 4000; seed = seed*1664525 + 1013904223 {
		text.WriteByte('a' + byte(seed>>24)%26)
	}
	return text.String()
}

// A body that cannot be decompressed is kept as it came.
func TestEncodedReplyIsKept(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"no gzip behind its first bytes": []byte("\x1f\x8bnone"),
		"only its first bytes":           []byte("\x1f\x8b"),
		"cut, without a secret":          gzipped([]byte(`{"apiSecret":"sk_test_x"}`))[:20],
		"compressed twice":               gzipped(gzipped([]byte(`{"secret":"sk_test_x"}`))),
		"too large":                      gzipped(bytes.Repeat([]byte("{"), 1<<20+1)),
		"another compression":            []byte("\x8b\x0b\x80{\"secret\":\"sk_test_x\"}\x03"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(emulator.Fault{Encode: func([]byte) []byte { return body }})
			_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			wantFailure(t, err, apisecret.NotFromAPI, apisecret.Unknown, 0, testStart())
			kept := body
			if name == "compressed twice" {
				kept = gzipped([]byte(`{"secret":"sk_test_x"}`))
			}
			var failure *apisecret.RegenerateError
			if !errors.As(err, &failure) || failure.Reply.Reveal() != string(kept) {
				t.Error("the reply is lost")
			}
		})
	}
}

// All other answers are decoded as well.
func TestEncodedAnswers(t *testing.T) {
	t.Parallel()
	for name, encode := range map[string]func([]byte) []byte{"gzip": gzipped, "byte order mark": marked} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			problem := emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", "Not you.")
			problem.Encode = encode
			f.Inject(emulator.Fault{Encode: encode}, problem)
			c := f.client()
			if profile, err := c.Profile(t.Context()); err != nil || profile.Name != "Demo Integrator" {
				t.Errorf("%+v %v", profile, err)
			}
			if _, err := c.Profile(t.Context()); err == nil || err.Error() != "403 Forbidden: Not you." {
				t.Errorf("error %v", err)
			}
			if sent := f.Requests()[0].Header["Accept-Encoding"]; len(sent) != 1 || sent[0] != "identity" {
				t.Errorf("accepts %q", sent)
			}
		})
	}
}

// No call takes a page for an answer of the API, nor sends a write once more because
// of it.
func TestPagesForAnswers(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]emulator.Fault{
		"200, page": emulator.HTML(200), "202, page": emulator.HTML(202), "204": {Status: 204}, "200, empty": {Status: 200}, "200, null": {Body: "null"}, "200, a string": {Body: `"Welcome"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(t *testing.T, err error) {
				t.Helper()
				var odd *client.ReplyError
				if !errors.As(err, &odd) || !odd.NotFromAPI || errors.Is(err, apisecret.ErrRefused) {
					t.Errorf("error %v", err)
				}
			}
			eachWrite(t, func(t *testing.T, f *fixture, w write) {
				f.Inject(page.On(w.method, w.path))
				check(t, w.do(t.Context(), f.client()))
				wantAttempts(t, f, w, 1, nil)
			})
			f := newFixture(t, emulator.Options{})
			for range 3 {
				f.Inject(page)
			}
			c := f.client()
			_, profileErr := c.Profile(t.Context())
			_, webhooksErr := c.Webhooks(t.Context())
			for _, err := range []error{profileErr, webhooksErr, c.Probe(t.Context(), f.config.Secret)} {
				check(t, err)
			}
			f.wantSent(t, 3, 0)
		})
	}
}

// A webhook is gone if the API says so, and not if something else does.
func TestWebhookIsNotDeletedByAPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		fault   emulator.Fault
		deleted bool
	}{
		{"404 of the API", emulator.Problem(404, emulator.ProblemNotFound, "Not Found", ""), true},
		{"404, page", emulator.HTML(404), false},
		{"404, no body", emulator.Fault{Status: 404}, false},
		{"404 of a gateway", emulator.Fault{Status: 404, Body: `{"message":"Not Found"}`}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			hook := f.AddWebhook(hookURL)
			f.Inject(tt.fault)
			if err := f.client().DeleteWebhook(t.Context(), hook.ID); (err == nil) != tt.deleted {
				t.Errorf("error %v", err)
			}
		})
	}
}
