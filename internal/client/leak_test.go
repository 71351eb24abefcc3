// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

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
// everything that it was sent, wherever it can.
func TestNothingOfTheRequestIsRepeated(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"200":             repeatedInProblem(200),
		"307":             repeatedInProblem(307),
		"400":             repeatedInProblem(400),
		"401":             repeatedInProblem(401),
		"403":             repeatedInProblem(403),
		"500":             repeatedInProblem(500),
		"no HTTP":         repeatedInRawReply("%s\r\n\r\n"),
		"no status":       repeatedInRawReply("HTTP/1.1 %s\r\n\r\n"),
		"no header":       repeatedInRawReply("HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
		"no length":       repeatedInRawReply("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
		"unknown coding":  repeatedInRawReply("HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"),
		"a status's text": repeatedInRawReply("HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n"),
		"reply cut short": repeatedInRawReply("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n%s"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			f := newFixture(t, emulator.Options{})
			f.config.Endpoint, _ = url.Parse(server.URL)
			f.config.MaxRetries = 0
			f.config.Secret, f.config.UserAPIKey = apisecret.New(configured), apisecret.New(bearer)
			c := f.client()
			_, regenerateErr := c.RegenerateSecret(t.Context(),
				apisecret.RegenerateInput{Signers: []apisecret.Secret{f.config.Secret, apisecret.New(older)}})
			_, profileErr := c.Profile(t.Context())
			wantNothingRepeated(t, fmt.Sprint(f.logged))
			for _, err := range []error{regenerateErr, profileErr} {
				wantNothingRepeated(t, fmt.Sprintf("%v %+v", err, err))
				if said, ok := errors.AsType[*client.Error](err); ok {
					fields, _ := json.Marshal(said)
					wantNothingRepeated(t, string(fields))
				}
			}
			if regenerateErr == nil || len(f.logged) < 2 {
				t.Errorf("error %v; logged %v", regenerateErr, f.logged)
			}
		})
	}
}

// repeated is what the server repeats: all secrets, and the signature.
func repeated(r *http.Request) string {
	said := configured + " " + r.Header.Get("Authorization") + " " + r.Header.Get("X-Signature") + " " + digest().FindString(r.Header.Get("X-Signature"))
	if r.Method == http.MethodPost {
		said = older + " " + said // the client does not know this secret when it reads
	}
	return said
}

func repeatedInProblem(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		said := repeated(r)
		document, _ := json.Marshal(map[string]any{
			"type": said, "title": said, "detail": said, "instance": said, "code": said, "field": said, "realm": said,
			"scope": said, "resourceType": said, "resourceId": said,
			"errors": []any{map[string]string{"field": said, "message": said, "code": said}},
		})
		w.Header().Set("X-Amzn-Requestid", said)
		w.Header().Set("X-Amzn-Trace-Id", said)
		w.Header().Set("Location", "/?"+url.QueryEscape(said))
		w.WriteHeader(status)
		_, _ = w.Write(document)
	}
}

func repeatedInRawReply(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = fmt.Fprintf(conn, format, repeated(r))
		_ = conn.Close()
	}
}

func wantNothingRepeated(t *testing.T, text string) {
	t.Helper()
	for _, planted := range []string{configured, older, bearer} {
		if strings.Contains(text, planted) {
			t.Errorf("repeats %s: %s", planted, text)
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
