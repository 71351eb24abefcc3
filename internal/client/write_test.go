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

// write is a call that changes something. It sends one request if all goes well.
type write struct {
	name, method, path string
	idempotent         bool
	do                 func(context.Context, *client.Client) error
}

// writes returns all of them except CreateWebhook, which also reads.
func (f *fixture) writes() []write {
	id := f.AddWebhook("https://example.com/a", "payment.created").ID
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

// eachWrite runs a test for each of the writes, with a fixture of its own.
func eachWrite(t *testing.T, test func(t *testing.T, f *fixture, w write)) {
	t.Helper()
	for i := range newFixture(t, emulator.Options{}).writes() {
		f := newFixture(t, emulator.Options{})
		w := f.writes()[i]
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, f, w)
		})
	}
}

func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		if err := w.do(t.Context(), f.client()); err != nil {
			t.Fatal(err)
		}
		sent := f.Requests()
		if len(sent) != 1 || sent[0].Method != w.method || sent[0].Path != w.path || !sent[0].Processed {
			t.Errorf("sent %+v", sent)
		}
	})
}

// A write is sent again if it provably changed nothing, or if it is idempotent,
// and never otherwise.
func TestWritesAreRetried(t *testing.T) {
	t.Parallel()
	const never, ifIdempotent, always = 0, 1, 2
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
		{"500", emulator.HTML(500), ifIdempotent, 0},
		{"502 after processing", emulator.HTML(502).After(), ifIdempotent, 0},
		{"503, retryable", emulator.Problem(503, emulator.ProblemDatabaseError, "", "", map[string]any{"retryable": true}), ifIdempotent, 0},
		{"200, a page", emulator.HTML(200), never, 0},
		{"504", emulator.HTML(504), ifIdempotent, 0},
		{"408", emulator.HTML(408), ifIdempotent, 0},
		{"460", emulator.Fault{Status: 460}, ifIdempotent, 0},
		{"499", emulator.Fault{Status: 499}.After(), ifIdempotent, 0},
		{"524", emulator.HTML(524), ifIdempotent, 0},
		{"cut before processing", emulator.Fault{Drop: true}, ifIdempotent, 0},
		{"cut after processing", emulator.Fault{Reset: true}.After(), ifIdempotent, 0},
		{"reply cut short", emulator.Fault{Truncate: true, Body: "{}"}.After(), ifIdempotent, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachWrite(t, func(t *testing.T, f *fixture, w write) {
				retried := tt.retried == always || tt.retried == ifIdempotent && w.idempotent
				fault := tt.fault.On(w.method, w.path)
				f.Inject(fault)
				if err := w.do(t.Context(), f.client()); (err == nil) != retried {
					t.Errorf("error %v", err)
				}
				attempts, waits := 1, []time.Duration(nil)
				if retried {
					attempts, waits = 2, []time.Duration{max(tt.wait, time.Second)}
				}
				wantAttempts(t, f, w, attempts, waits)
			})
		})
	}
}

func wantAttempts(t *testing.T, f *fixture, w write, attempts int, waits []time.Duration) {
	t.Helper()
	sent := f.Requests()
	if len(sent) != attempts || f.Count(w.method, w.path) != attempts {
		t.Errorf("%d requests arrived, not %d", len(sent), attempts)
	}
	if !slices.Equal(f.waits, waits) {
		t.Errorf("waited %v, not %v", f.waits, waits)
	}
	wantFresh(t, sent)
}

func TestWritesAreGivenUp(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 2} {
		eachWrite(t, func(t *testing.T, f *fixture, w write) {
			f.config.MaxRetries = retries
			fault := emulator.TooManyRequests("30").On(w.method, w.path)
			fault.Times = forever
			f.Inject(fault)
			var answer *client.Error
			if err := w.do(t.Context(), f.client()); !errors.As(err, &answer) || answer.Status != 429 || answer.RetryAfter != 30*time.Second {
				t.Errorf("error %v", err)
			}
			wantAttempts(t, f, w, 1+retries, slices.Repeat([]time.Duration{30 * time.Second}, retries))
		})
	}
}

func TestWritesAreSentAgainWhenTheyWereNot(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		refused()(t, f, 2)
		if err := w.do(t.Context(), f.client()); err != nil {
			t.Error(err)
		}
		wantAttempts(t, f, w, 1, []time.Duration{time.Second, 2 * time.Second})
	})
}

func TestWritesAreNotSentAgainToNowhere(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		dns(nxdomain)(t, f, forever)
		var failed *client.TransportError
		if err := w.do(t.Context(), f.client()); !errors.As(err, &failed) || failed.Sent {
			t.Errorf("error %v", err)
		}
		wantAttempts(t, f, w, 0, nil)
	})
}

func TestWritesFollowARotation(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		c := f.client()
		reached, hold := make(chan struct{}), make(chan struct{})
		f.Inject(emulator.Fault{Reached: reached, Hold: hold}.On(http.MethodPost, emulator.RegeneratePath))
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
			runtime.Gosched() // lets the write arrive if it does not wait
		}
		close(hold)
		both.Wait()
		if sent := f.Requests(); len(sent) != 2 || sent[1].SignedWith != 1 {
			t.Error("the write was not signed with the new secret, and once")
		}
	})
}

// A write is signed with the server's time after the API accepted a GET that was.
func TestWritesOnAnotherClock(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		f.SetSkew(time.Hour)
		c := f.client()
		if err := w.do(t.Context(), c); err != nil {
			t.Error(err)
		}
		if c.ClockOffset().Round(time.Minute) != time.Hour {
			t.Errorf("offset %s", c.ClockOffset())
		}
		var statuses []int
		for _, r := range f.Requests() {
			statuses = append(statuses, r.Status)
		}
		if f.Count(w.method, w.path) != 2 || !slices.Equal(statuses, []int{401, 401, 200, 200}) {
			t.Errorf("answered %v", statuses)
		}
	})
}

func TestWritesAreNotRetimedOnAGuess(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		f.SetSkew(time.Hour)
		f.config.Secret = apisecret.New("sk_test_wrong")
		var answer *client.Error
		if err := w.do(t.Context(), f.client()); !errors.As(err, &answer) || !answer.SecretRefused() {
			t.Errorf("error %v", err)
		}
		if n := f.Count(w.method, w.path); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

// An attempt that is under way is finished, so that its outcome is known.
func TestWritesCanceledInFlight(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		ctx, cancel := context.WithCancel(t.Context())
		reached, hold := make(chan struct{}), make(chan struct{})
		f.Inject(emulator.Fault{Reached: reached, Hold: hold}.On(w.method, w.path))
		go func() {
			<-reached
			cancel()
			_, _ = f.client().Profile(t.Context()) // takes long enough for the end of the context to be noticed
			close(hold)
		}()
		if err := w.do(ctx, f.client()); err != nil {
			t.Error(err)
		}
	})
}

func TestWritesCanceledBefore(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var failed *client.TransportError
		if err := w.do(ctx, f.client()); !errors.As(err, &failed) || failed.Sent {
			t.Errorf("error %v", err)
		}
		wantAttempts(t, f, w, 0, []time.Duration{time.Second}) // a real wait would have returned at once
	})
}

// Errors do not quote secrets, not even if the API repeats what it was sent.
func TestWritesQuoteNoSecret(t *testing.T) {
	t.Parallel()
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
		f.config.UserAPIKey = apisecret.New("ak_bearer")
		secrets := []string{f.Secret(), "ak_bearer", userKey, webhookSecret}
		said := "You sent " + strings.Join(secrets, " and ")
		mine := slices.Clone(secrets[:2])
		switch w.path {
		case emulator.TokensPath:
			mine = append(mine, userKey)
		case emulator.WebhookSecretPath:
			mine = append(mine, webhookSecret)
		}
		f.Inject(emulator.Problem(400, emulator.ProblemInvalidFields, said, said, map[string]any{"code": said, "errors": []any{map[string]any{"message": said}}}))
		var answer *client.Error
		if err := w.do(t.Context(), f.client()); !errors.As(err, &answer) || len(answer.Fields) != 1 {
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
	eachWrite(t, func(t *testing.T, f *fixture, w write) {
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
		f.config.Endpoint, _ = url.Parse(server.URL)
		f.config.MaxRetries = 0
		err := w.do(t.Context(), f.client())
		if err == nil {
			t.Fatal("no error")
		}
		for _, secret := range []string{userKey, webhookSecret, "You-sent"} {
			if strings.Contains(err.Error(), secret) {
				t.Error("quoted with a secret")
			}
		}
	})
}
