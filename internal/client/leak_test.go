// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const (
	configured = "sk_test_configured"
	older      = "sk_test_older"
	bearer     = "ak_test_bearer"
)

func digest() *regexp.Regexp { return regexp.MustCompile("[0-9a-fA-F]{64}") }

// TestNothingOfTheRequestIsRepeated calls a server that repeats the secret and
// everything that it was sent, wherever it can, and in any guise.
func TestNothingOfTheRequestIsRepeated(t *testing.T) {
	t.Parallel()
	guises := slices.Collect(maps.Keys(client.Guises("any text")))
	for _, status := range []int{200, 307, 400, 401, 403, 500} {
		for _, guise := range guises {
			t.Run(fmt.Sprintf("%d, %s", status, guise), func(t *testing.T) {
				t.Parallel()
				wantNothingRepeated(t, inProblem(status), guise)
			})
		}
	}
	for name, format := range map[string]string{
		"no HTTP":         "%s\r\n\r\n",
		"no status":       "HTTP/1.1 %s\r\n\r\n",
		"no header":       "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"no length":       "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"unknown coding":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
		"a status's text": "HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n",
		"reply cut short": "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n%s",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantNothingRepeated(t, inRawReply(format), guises...)
		})
	}
}

// wantNothingRepeated calls a server that repeats what it was sent in these guises.
func wantNothingRepeated(t *testing.T, answer answer, guises ...string) {
	t.Helper()
	var mu sync.Mutex
	planted := []string{configured, older, bearer}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		planted = append(planted, digest().FindString(r.Header.Get("X-Signature")))
		var said []string
		for _, guise := range guises {
			for _, secret := range repeated(r) {
				said = append(said, client.Guises(secret)[guise])
			}
		}
		answer(w, strings.Join(said, " "))
	}))
	t.Cleanup(server.Close)
	f := newFixture(t, emulator.Options{})
	f.config.Endpoint, _ = url.Parse(server.URL)
	f.config.MaxRetries = 0
	f.config.Secret, f.config.UserAPIKey = apisecret.New(configured), apisecret.New(bearer)
	c := f.client()
	_, regenerateErr := c.RegenerateSecret(t.Context(),
		apisecret.RegenerateInput{Signers: []apisecret.Secret{f.config.Secret, apisecret.New(older)}})
	_, profileErr := c.Profile(t.Context())
	wantNoneOf(t, planted, fmt.Sprint(f.logged)+printed(regenerateErr)+printed(profileErr))
	if regenerateErr == nil || len(f.logged) < 2 {
		t.Errorf("error %v; logged %v", regenerateErr, f.logged)
	}
}

// repeated is what the server repeats: all secrets, and the signature.
func repeated(r *http.Request) []string {
	said := []string{configured, r.Header.Get("Authorization"), r.Header.Get("X-Signature"), digest().FindString(r.Header.Get("X-Signature"))}
	if r.Method == http.MethodPost {
		said = append([]string{older}, said...) // the client does not know this secret when it reads
	}
	return said
}

// answer is a way to say something.
type answer func(w http.ResponseWriter, said string)

func inProblem(status int) answer {
	return func(w http.ResponseWriter, said string) {
		document, _ := json.Marshal(map[string]any{
			"type": said, "title": said, "detail": said, "instance": said, "code": said, "field": said, "realm": said,
			"scope": said, "resourceType": said, "resourceId": said,
			"errors": []any{map[string]string{"field": said, "message": said, "code": said}},
		})
		w.Header().Set("Content-Type", said)
		w.Header().Set("X-Amzn-Requestid", said)
		w.Header().Set("X-Amzn-Trace-Id", said)
		w.Header().Set("Location", "/?"+url.QueryEscape(said))
		w.WriteHeader(status)
		_, _ = w.Write(document)
	}
}

func inRawReply(format string) answer {
	return func(w http.ResponseWriter, said string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = fmt.Fprintf(conn, format, said)
		_ = conn.Close()
	}
}

// TestNothingOfTheReplyIsQuoted breaks the only reply that holds the new secret, so
// that it ends up where no secret is expected.
func TestNothingOfTheReplyIsQuoted(t *testing.T) {
	t.Parallel()
	headers := []string{
		"Content-Type: text/html", "Content-Length: ", "Content-Encoding: gzip", "Transfer-Encoding: ", "Location: ", "Location: ://%zz", "Retry-After: 1",
		"Date: ", "X-Amzn-Requestid: ", "X-Amzn-Requestid: 1-2", "X-Amzn-Trace-Id: Root=1-2", "X-Amzn-Trace-Id: 1\r\n ", "", " ", ":",
	}
	forms := []string{
		"%s", "\r\n\r\n%s", "HTTP/1.1 200 OK\r\n%s", "HTTP/1.1 %s\r\n\r\n", "HTTP/1.1 200 %s\r\n\r\n", "%s 200 OK\r\n\r\n", "HTTP/1.1 103 Early\r\n%s\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n%s", "HTTP/1.1 000 \r\n\r\n%s",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: %s\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;%s\r\n{}\r\n%[1]s\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n%s\r\n\r\n",
	}
	for _, status := range []string{"200 OK", "202 Accepted", "302 Found", "401 Unauthorized", "403 Forbidden", "500 Oh", "504 Slow"} {
		for _, header := range headers {
			forms = append(forms, "HTTP/1.1 "+status+"\r\n"+strings.ReplaceAll(header, "%", "%%")+"%s\r\n\r\n")
		}
	}
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 0
			f.Inject(
				emulator.Fault{Raw: func(body []byte) []byte { return fmt.Appendf(nil, form, body) }},
				emulator.Fault{Raw: func([]byte) []byte {
					return fmt.Appendf(nil, form, strings.Join(slices.Collect(maps.Values(client.Guises(f.Secret()))), " "))
				}},
			)
			c := f.client()
			for range 2 {
				got, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour})
				wantNoneOf(t, f.Secrets(), fmt.Sprint(f.logged)+printed(err)+fmt.Sprintf("%+v", got))
				if (err == nil) != (got != nil && got.Secret.Reveal() == f.Secret()) {
					t.Errorf("another secret: %v", err)
				}
			}
		})
	}
}

// printed is an error with all that it wraps, in all ways that print more of one.
func printed(err error) string {
	if err == nil {
		return ""
	}
	text := fmt.Sprintf("%v\n%+v\n%#v\n", err, err, err)
	if fields, failed := json.Marshal(err); failed == nil {
		text += string(fields)
	}
	switch wrapping := err.(type) { //nolint:errorlint // each of them in turn
	case interface{ Unwrap() error }:
		text += printed(wrapping.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range wrapping.Unwrap() {
			text += printed(err)
		}
	}
	return text
}

// wantNoneOf checks that a text holds no secret in any guise, as it came or as it is
// shown, nor a signature.
func wantNoneOf(t *testing.T, secrets []string, text string) {
	t.Helper()
	shown := func(text string) string {
		return strings.Map(func(r rune) rune {
			if apisecret.Invisible(r) || r == '\ufffd' {
				return -1
			}
			return unicode.ToLower(r)
		}, strings.ToValidUTF8(text, ""))
	}
	shownText := shown(text)
	for _, secret := range secrets {
		for name, guise := range client.Guises(secret) {
			if strings.Contains(text, guise) || strings.Contains(shownText, shown(guise)) {
				t.Errorf("repeats %s, %s: %s", secret, name, text)
			}
		}
	}
	if digest().MatchString(text) {
		t.Errorf("repeats the signature: %s", text)
	}
}

// TestClientIsPrintedWithoutSecrets formats a client and its configuration in all
// ways that fmt, the encoders and slog know.
func TestClientIsPrintedWithoutSecrets(t *testing.T) {
	t.Parallel()
	const value = "sk_test_planted"
	config := client.Config{Secret: apisecret.New(value), UserAPIKey: apisecret.New(value)}
	for name, v := range map[string]any{"the client": client.New(config), "its configuration": config} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var texts bytes.Buffer
			for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
				for _, flags := range []string{"", "+", "#", "-", " ", "0", "20", ".3", "# x"} {
					_, _ = fmt.Fprintf(&texts, "%"+flags+string(verb)+"\n", v)
				}
			}
			_, _ = fmt.Fprintln(&texts, v)
			_ = json.NewEncoder(&texts).Encode(v)
			_ = xml.NewEncoder(&texts).Encode(v)
			slog.New(slog.NewTextHandler(&texts, nil)).Info("text", "value", v)
			slog.New(slog.NewJSONHandler(&texts, nil)).Info("json", "value", v)
			for _, form := range []string{value, value[:8], fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprintf("%d", []byte(value))} {
				if strings.Contains(texts.String(), form) {
					t.Fatal("reveals the secret")
				}
			}
		})
	}
}
