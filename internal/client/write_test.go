// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const (
	userKey       = "ak_demo"
	webhookSecret = "whsec_planted"
)

// write is a call that changes something, and sends one request if all is well.
type write struct {
	name, method, path string
	repeatable         bool
	do                 func(context.Context, *client.Client) error
}

// writes are all of them but for CreateWebhook, which reads too.
func (s *stage) writes() []write {
	id := s.AddWebhook("https://example.com/a", "payment.created").ID
	return []write{
		{"update webhook", http.MethodPatch, emulator.WebhooksPath + "/" + id, true, func(ctx context.Context, c *client.Client) error {
			_, err := c.UpdateWebhook(ctx, id, []string{"payment.updated"})
			return err
		}},
		{"delete webhook", http.MethodDelete, emulator.WebhooksPath + "/" + id, true, func(ctx context.Context, c *client.Client) error {
			return c.DeleteWebhook(ctx, id)
		}},
		{"set webhook secret", http.MethodPost, emulator.WebhookSecretPath, true, func(ctx context.Context, c *client.Client) error {
			return c.SetWebhookSecret(ctx, apisecret.New(webhookSecret))
		}},
		{"create access token", http.MethodPost, emulator.TokensPath, false, func(ctx context.Context, c *client.Client) error {
			_, err := c.CreateAccessToken(ctx, client.AccessTokenInput{UserAPIKey: apisecret.New(userKey), Lifetime: time.Minute})
			return err
		}},
	}
}

// eachWrite runs a test for each of the writes, on a stage of its own.
func eachWrite(t *testing.T, test func(t *testing.T, s *stage, w write)) {
	t.Helper()
	for i := range newStage(t, emulator.Options{}).writes() {
		s := newStage(t, emulator.Options{})
		w := s.writes()[i]
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, s, w)
		})
	}
}

func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		if err := w.do(t.Context(), s.client()); err != nil {
			t.Fatal(err)
		}
		sent := s.Requests()
		if len(sent) != 1 || sent[0].Method != w.method || sent[0].Path != w.path || !sent[0].Processed {
			t.Errorf("sent %+v", sent)
		}
	})
}

// A write is sent again where it provably changed nothing, or where it does no
// harm, and nowhere else.
func TestWritesAreRetried(t *testing.T) {
	t.Parallel()
	const never, repeatable, always = 0, 1, 2
	for _, tt := range []struct {
		name    string
		fault   emulator.Fault
		retried int
		wait    time.Duration // before the first retry, if it is not a second
	}{
		{"429", emulator.TooManyRequests(""), always, 0},
		{"429, wait a minute", emulator.TooManyRequests("60"), always, time.Minute},
		{"429, wait longer", emulator.TooManyRequests("61"), never, 0},
		{"400", emulator.Problem(400, emulator.ProblemInvalidFields, "Bad Request", ""), never, 0},
		{"401", emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", ""), never, 0},
		{"401, the bearer", emulator.Problem(401, emulator.ProblemTokenExpired, "Unauthorized", ""), never, 0},
		{"403", emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", ""), never, 0},
		{"409, retryable", emulator.Problem(409, emulator.ProblemConflict, "Conflict", "", map[string]any{"retryable": true}), never, 0},
		{"307", emulator.Redirect("https://example.com/"), never, 0},
		{"500", emulator.HTML(500), repeatable, 0},
		{"502 after processing", emulator.HTML(502).After(), repeatable, 0},
		{"503, retryable", emulator.Problem(503, emulator.ProblemDatabaseError, "", "", map[string]any{"retryable": true}), repeatable, 0},
		{"504", emulator.HTML(504), repeatable, 0},
		{"cut before processing", emulator.Fault{Drop: true}, repeatable, 0},
		{"cut after processing", emulator.Fault{Reset: true}.After(), repeatable, 0},
		{"reply cut short", emulator.Fault{Truncate: true, Body: "{}"}.After(), repeatable, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachWrite(t, func(t *testing.T, s *stage, w write) {
				retried := tt.retried == always || tt.retried == repeatable && w.repeatable
				fault := tt.fault.On(w.method, w.path)
				s.Inject(fault)
				if err := w.do(t.Context(), s.client()); (err == nil) != retried {
					t.Errorf("error %v", err)
				}
				attempts, waits := 1, []time.Duration(nil)
				if retried {
					attempts, waits = 2, []time.Duration{max(tt.wait, time.Second)}
				}
				wantAttempts(t, s, w, attempts, waits)
			})
		})
	}
}

func wantAttempts(t *testing.T, s *stage, w write, attempts int, waits []time.Duration) {
	t.Helper()
	sent := s.Requests()
	if len(sent) != attempts || s.Count(w.method, w.path) != attempts {
		t.Errorf("%d requests arrived, not %d", len(sent), attempts)
	}
	if !slices.Equal(s.waits, waits) {
		t.Errorf("waited %v, not %v", s.waits, waits)
	}
	wantFresh(t, sent)
}

func TestWritesAreGivenUp(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 2} {
		eachWrite(t, func(t *testing.T, s *stage, w write) {
			s.config.MaxRetries = retries
			fault := emulator.TooManyRequests("30").On(w.method, w.path)
			fault.Times = forever
			s.Inject(fault)
			var answer *client.Error
			if err := w.do(t.Context(), s.client()); !errors.As(err, &answer) || answer.Status != 429 || answer.RetryAfter != 30*time.Second {
				t.Errorf("error %v", err)
			}
			wantAttempts(t, s, w, 1+retries, slices.Repeat([]time.Duration{30 * time.Second}, retries))
		})
	}
}

func TestWritesAreSentAgainWhenTheyWereNot(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		refused()(t, s, 2)
		if err := w.do(t.Context(), s.client()); err != nil {
			t.Error(err)
		}
		wantAttempts(t, s, w, 1, []time.Duration{time.Second, 2 * time.Second})
	})
}

func TestWritesAreNotSentAgainToNowhere(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		dns(nxdomain)(t, s, forever)
		var failed *client.TransportError
		if err := w.do(t.Context(), s.client()); !errors.As(err, &failed) || failed.Sent {
			t.Errorf("error %v", err)
		}
		wantAttempts(t, s, w, 0, nil)
	})
}

func TestWritesFollowARotation(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		c := s.client()
		reached, hold := make(chan struct{}), make(chan struct{})
		s.Inject(emulator.Fault{Reached: reached, Hold: hold}.On(http.MethodPost, emulator.RegeneratePath))
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{}); err != nil {
				t.Error(err)
			}
		})
		<-reached
		both.Go(func() {
			if err := w.do(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		for range 1000 {
			runtime.Gosched() // would let it through if it did not wait
		}
		close(hold)
		both.Wait()
		if sent := s.Requests(); len(sent) != 2 || sent[1].SignedWith != 1 {
			t.Error("the write was not signed with the new secret, and once")
		}
	})
}

// A write is re-timed after a GET has been accepted on the server's clock.
func TestWritesOnAnotherClock(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		s.SetSkew(time.Hour)
		c := s.client()
		if err := w.do(t.Context(), c); err != nil {
			t.Error(err)
		}
		if c.ClockOffset().Round(time.Minute) != time.Hour {
			t.Errorf("offset %s", c.ClockOffset())
		}
		var statuses []int
		for _, r := range s.Requests() {
			statuses = append(statuses, r.Status)
		}
		if s.Count(w.method, w.path) != 2 || !slices.Equal(statuses, []int{401, 401, 200, 200}) {
			t.Errorf("answered %v", statuses)
		}
	})
}

func TestWritesAreNotRetimedOnAGuess(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		s.SetSkew(time.Hour)
		s.config.Secret = apisecret.New("sk_test_wrong")
		var answer *client.Error
		if err := w.do(t.Context(), s.client()); !errors.As(err, &answer) || !answer.SecretRefused() {
			t.Errorf("error %v", err)
		}
		if n := s.Count(w.method, w.path); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

// What is under way is finished: its outcome must be known.
func TestWritesCanceledInFlight(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		ctx, cancel := context.WithCancel(t.Context())
		reached, hold := make(chan struct{}), make(chan struct{})
		s.Inject(emulator.Fault{Reached: reached, Hold: hold}.On(w.method, w.path))
		go func() {
			<-reached
			cancel()
			_, _ = s.client().Profile(t.Context()) // time enough for the end of the context to get around
			close(hold)
		}()
		if err := w.do(ctx, s.client()); err != nil {
			t.Error(err)
		}
	})
}

func TestWritesCanceledBefore(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var failed *client.TransportError
		if err := w.do(ctx, s.client()); !errors.As(err, &failed) || failed.Sent {
			t.Errorf("error %v", err)
		}
		wantAttempts(t, s, w, 0, []time.Duration{time.Second}) // which the real one would have cut short
	})
}

// An API that repeats what it was sent is not quoted with it.
func TestWritesQuoteNoSecret(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		s.config.UserAPIKey = apisecret.New("ak_bearer")
		secrets := []string{s.Secret(), "ak_bearer", userKey, webhookSecret}
		said := "You sent " + strings.Join(secrets, " and ")
		mine := slices.Clone(secrets[:2])
		switch w.path {
		case emulator.TokensPath:
			mine = append(mine, userKey)
		case emulator.WebhookSecretPath:
			mine = append(mine, webhookSecret)
		}
		s.Inject(emulator.Problem(400, emulator.ProblemInvalidFields, said, said, map[string]any{"code": said, "errors": []any{map[string]any{"message": said}}}))
		var answer *client.Error
		if err := w.do(t.Context(), s.client()); !errors.As(err, &answer) || len(answer.Fields) != 1 {
			t.Fatalf("error %v", err)
		}
		for _, text := range []string{answer.Error(), answer.Title, answer.Detail, answer.Code, answer.Fields[0].Message} {
			if !strings.Contains(text, "You sent (redacted)") || slices.ContainsFunc(mine, func(secret string) bool { return strings.Contains(text, secret) }) {
				t.Error("quoted with a secret")
			}
		}
	})
}

func TestWritesQuoteNoSecretFromABrokenReply(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, s *stage, w write) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 You-sent-%s\r\n\r\n", body)
			_ = conn.Close()
		}))
		t.Cleanup(server.Close)
		s.config.Endpoint, _ = url.Parse(server.URL)
		s.config.MaxRetries = 0
		err := w.do(t.Context(), s.client())
		if err == nil || !strings.Contains(err.Error(), "You-sent") {
			t.Fatalf("error %v", err)
		}
		for _, secret := range []string{userKey, webhookSecret} {
			if strings.Contains(err.Error(), secret) {
				t.Error("quoted with a secret")
			}
		}
	})
}
