// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

// TestNothingOfTheRequestIsRepeated calls a server that says all that it was
// sent, and the secret too, wherever it can.
func TestNothingOfTheRequestIsRepeated(t *testing.T) {
	t.Parallel()
	const configured, older, bearer = "sk_test_configured", "sk_test_older", "ak_test_bearer"
	digest := regexp.MustCompile("[0-9a-fA-F]{64}")
	words := func(r *http.Request) string {
		said := configured + " " + r.Header.Get("Authorization") + " " + r.Header.Get("X-Signature") + " " + digest.FindString(r.Header.Get("X-Signature"))
		if r.Method == http.MethodPost {
			said = older + " " + said // which the client has no part in when it reads
		}
		return said
	}
	problem := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			said := words(r)
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
	raw := func(format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(conn, format, words(r))
			_ = conn.Close()
		}
	}
	for name, answer := range map[string]http.HandlerFunc{
		"200":             problem(200),
		"307":             problem(307),
		"400":             problem(400),
		"401":             problem(401),
		"403":             problem(403),
		"500":             problem(500),
		"no HTTP":         raw("%s\r\n\r\n"),
		"no status":       raw("HTTP/1.1 %s\r\n\r\n"),
		"no header":       raw("HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
		"no length":       raw("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
		"unknown coding":  raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"),
		"a status's text": raw("HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n"),
		"reply cut short": raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n%s"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			s := newStage(t, emulator.Options{})
			s.config.Endpoint, _ = url.Parse(server.URL)
			s.config.MaxRetries = 0
			s.config.Secret, s.config.UserAPIKey = apisecret.New(configured), apisecret.New(bearer)
			c := s.client()
			_, regenerateErr := c.RegenerateSecret(t.Context(),
				apisecret.RegenerateInput{Signers: []apisecret.Secret{s.config.Secret, apisecret.New(older)}})
			_, profileErr := c.Profile(t.Context())
			texts := []string{fmt.Sprint(s.logged)}
			for _, err := range []error{regenerateErr, profileErr} {
				var said *client.Error
				if errors.As(err, &said) {
					fields, _ := json.Marshal(said)
					texts = append(texts, string(fields))
				}
				texts = append(texts, fmt.Sprintf("%v %+v", err, err))
			}
			for _, text := range texts {
				for _, planted := range []string{configured, older, bearer} {
					if strings.Contains(text, planted) {
						t.Errorf("repeats %s: %s", planted, text)
					}
				}
				if digest.MatchString(text) {
					t.Errorf("repeats the signature: %s", text)
				}
			}
			if regenerateErr == nil || len(s.logged) < 2 {
				t.Errorf("error %v; logged %v", regenerateErr, s.logged)
			}
		})
	}
}
