// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// outcome is a row of the table: what happened to a request that regenerates the
// secret, whether the API acted on it, what that means, and what the client does
// next.
type outcome struct {
	happened string
	trouble  trouble
	acted    bool
	means    apisecret.Outcome
	effect   apisecret.Effect
	then     []time.Duration // waits before further attempts, if it happens each time
}

func outcomes() []outcome {
	const (
		idle  = false
		acted = true
	)
	var (
		stop         []time.Duration
		retry        = []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
		retryAfter3s = []time.Duration{3 * time.Second, 3 * time.Second, 4 * time.Second, 8 * time.Second}
		resendOnce   = []time.Duration{3 * time.Second}

		drop       = emulator.Fault{Drop: true}
		reset      = emulator.Fault{Reset: true}
		noDocument = func(status int) emulator.Fault { return emulator.Fault{Status: status} }
		document   = func(status int, kind string) emulator.Fault {
			return emulator.Problem(status, kind, "No", "It went wrong.")
		}
		retryable = func(status int, kind string) emulator.Fault {
			return emulator.Problem(status, kind, "Again", "", map[string]any{"retryable": true})
		}
		success  = func(body string) emulator.Fault { return emulator.Fault{Status: 200, Body: body}.After() }
		cutShort = func(change func(map[string]any)) emulator.Fault {
			return emulator.Fault{Truncate: true, Rewrite: change}
		}
	)
	return []outcome{
		{"not sent: unknown host", dns(nxdomain), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: DNS fails", dns(servfail), idle, apisecret.NotSent, apisecret.Unchanged, retry},
		{"not sent: connection refused", refused(), idle, apisecret.NotSent, apisecret.Unchanged, retry},
		{"not sent: TLS handshake fails", failedHandshake(), idle, apisecret.NotSent, apisecret.Unchanged, retry},
		{"not sent: bad certificate", badCertificate(), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: no TLS", plainPort(), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: proxy without TLS", plainProxy(), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: proxy fails", refusingProxy(http.StatusBadGateway), idle, apisecret.NotSent, apisecret.Unchanged, retry},
		{"not sent: proxy asks for patience", refusingProxy(http.StatusTooManyRequests), idle, apisecret.NotSent, apisecret.Unchanged, retry},
		{"not sent: proxy forbids it", refusingProxy(http.StatusForbidden), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: proxy wants a login", refusingProxy(http.StatusProxyAuthRequired), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},
		{"not sent: SOCKS proxy wants a login", socksProxy(), idle, apisecret.NotSentForGood, apisecret.Unchanged, stop},

		{"429", api(emulator.TooManyRequests("")), idle, apisecret.RateLimited, apisecret.Unchanged, retry},
		{"429, Retry-After 5 s", api(emulator.TooManyRequests("5")), idle, apisecret.RateLimited, apisecret.Unchanged,
			[]time.Duration{5 * time.Second, 5 * time.Second, 5 * time.Second, 8 * time.Second}},
		{"429, Retry-After 60 s", api(emulator.TooManyRequests("60")), idle, apisecret.RateLimited, apisecret.Unchanged, slices.Repeat([]time.Duration{time.Minute}, 4)},
		{"429, Retry-After 61 s", api(emulator.TooManyRequests("61")), idle, apisecret.RateLimited, apisecret.Unchanged, stop},
		{"429, Retry-After beyond 32 bits", api(emulator.TooManyRequests("9999999999")), idle, apisecret.RateLimited, apisecret.Unchanged, stop},

		{"401", api(document(401, emulator.ProblemUnauthorized)), idle, apisecret.SecretRefused, apisecret.Unchanged, stop},
		{"401 without a document", api(noDocument(401)), idle, apisecret.SecretRefused, apisecret.Unchanged, stop},
		{"401, token expired", api(document(401, emulator.ProblemTokenExpired)), idle, apisecret.BearerRefused, apisecret.Unchanged, stop},
		{"401, bearer token required", api(emulator.Problem(401, emulator.ProblemUnauthorized, "No", "Bearer token required")), idle, apisecret.BearerRefused, apisecret.Unchanged, stop},
		{"401, unknown key", api(emulator.Problem(401, emulator.ProblemUnauthorized, "No", "Unknown integrator key")), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"401, invalid token", api(document(401, emulator.ProblemInvalidToken)), idle, apisecret.BearerRefused, apisecret.Unchanged, stop},

		{"400", api(document(400, emulator.ProblemInvalidFields)), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"403", api(document(403, emulator.ProblemForbidden)), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"404", api(document(404, emulator.ProblemNotFound)), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"409", api(document(409, emulator.ProblemConflict)), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"302", api(emulator.Fault{Status: 302, Header: http.Header{"Location": {"/"}}}), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"307", api(emulator.Redirect("/")), idle, apisecret.Refused, apisecret.Unchanged, stop},
		{"302 to nonsense", api(emulator.Redirect(":// %zz")), idle, apisecret.Refused, apisecret.Unchanged, stop},

		{"409, retryable", api(retryable(409, emulator.ProblemConflict)), idle, apisecret.Retryable, apisecret.Unchanged, retry},
		{"503, retryable, before", api(retryable(503, emulator.ProblemServiceUnavailable)), idle, apisecret.RetryableAfterFault, apisecret.Unknown, retryAfter3s},
		{"503, retryable, after", api(retryable(503, emulator.ProblemDatabaseError).After()), acted, apisecret.RetryableAfterFault, apisecret.Unknown, retryAfter3s},

		{"connection cut before", api(drop), idle, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"connection cut after", api(drop.After()), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"connection reset before", api(reset), idle, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"connection reset after", api(reset.After()), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"500 before", api(document(500, emulator.ProblemInternalError)), idle, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"500 after", api(document(500, emulator.ProblemInternalError).After()), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"502 before", api(emulator.HTML(502)), idle, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"502 after", api(emulator.HTML(502).After()), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"503 before", api(document(503, emulator.ProblemServiceUnavailable)), idle, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"503 after", api(noDocument(503).After()), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"reply cut before the secret", api(cutShort(longer("a"))), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"reply cut in the secret", api(cutShort(only("secret"))), acted, apisecret.Ambiguous, apisecret.Unknown, resendOnce},
		{"reply cut behind the secret", api(cutShort(longer("z"))), acted, apisecret.Regenerated, apisecret.Changed, stop},

		{"200, no secret", api(success(`{}`)), acted, apisecret.Unreadable, apisecret.Changed, stop},
		{"200, secret is no string", api(success(`{"secret":1}`)), acted, apisecret.Unreadable, apisecret.Changed, stop},
		{"200, secret is empty", api(success(`{"secret":""}`)), acted, apisecret.Unreadable, apisecret.Changed, stop},
		{"201, no secret", api(emulator.Fault{Status: 201, Body: `{"id":1}`}.After()), acted, apisecret.Unreadable, apisecret.Changed, stop},
		{"200, no secret, byte order mark", api(success("\ufeff {}\n")), acted, apisecret.Unreadable, apisecret.Changed, stop},

		{"200, not JSON", api(success(`Welcome!`)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, no body", api(success(``)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, no body, before", api(noDocument(200)), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, page, before", api(emulator.HTML(200)), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, page, after", api(emulator.HTML(200).After()), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, page cut short", api(emulator.Fault{Status: 200, Body: "<html>" + strings.Repeat(" ", 1000), Truncate: true}), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, page too large", api(emulator.Fault{Status: 200, Body: "<html>" + strings.Repeat(" ", 1<<20)}), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"202, page", api(emulator.HTML(202)), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"202, no body", api(noDocument(202).After()), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"204", api(noDocument(204)), idle, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, a list", api(success(`[{"secret":"sk_test_x"}]`)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, a string", api(success(`"sk_test_x"`)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, null", api(success(`null`)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"101", api(emulator.Fault{Raw: func(body []byte) []byte {
			return append([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n"), body...)
		}}), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},
		{"200, half an object", api(success(`{"id":1`)), acted, apisecret.NotFromAPI, apisecret.Unknown, stop},

		{"no answer in time, before", silence(emulator.Fault{}), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"no answer in time, after", silence(emulator.Fault{}.After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"504 before", api(emulator.HTML(504)), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"504 after", api(emulator.HTML(504).After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"504 cut short", api(emulator.Fault{Status: 504, Body: strings.Repeat(" ", 1000), Truncate: true}.After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"408", api(noDocument(408)), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"408, after", api(document(408, "about:blank").After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"408, retryable", api(retryable(408, "about:blank")), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"408 cut short", api(emulator.Fault{Status: 408, Body: strings.Repeat(" ", 1000), Truncate: true}), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"460", api(noDocument(460)), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"499", api(emulator.HTML(499).After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"524", api(emulator.HTML(524).After()), acted, apisecret.Unanswered, apisecret.Unknown, stop},
		{"524 cut short", api(emulator.Fault{Status: 524, Body: strings.Repeat(" ", 1000), Truncate: true}), idle, apisecret.Unanswered, apisecret.Unknown, stop},
		{"504, retryable", api(retryable(504, emulator.ProblemServiceUnavailable)), idle, apisecret.Unanswered, apisecret.Unknown, stop},
	}
}

// longer adds a long member of this name to a reply.
func longer(name string) func(map[string]any) {
	return func(reply map[string]any) { reply[name] = strings.Repeat(name, 500) }
}

// only removes all other members from a reply.
func only(name string) func(map[string]any) {
	return func(reply map[string]any) {
		for other := range reply {
			if other != name {
				delete(reply, other)
			}
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, row := range outcomes() {
		for _, grace := range []time.Duration{0, 5 * time.Minute} {
			for _, maxRetries := range []int{0, client.DefaultMaxRetries} {
				t.Run(fmt.Sprintf("%s/grace %s, max_retries %d", row.happened, grace, maxRetries), func(t *testing.T) {
					t.Parallel()
					row.check(t, grace, maxRetries, forever)
				})
			}
			if len(row.then) > 0 {
				t.Run(fmt.Sprintf("%s/grace %s, once", row.happened, grace), func(t *testing.T) {
					t.Parallel()
					row.check(t, grace, client.DefaultMaxRetries, 1)
				})
			}
		}
	}
}

func (row outcome) check(t *testing.T, grace time.Duration, maxRetries, times int) {
	t.Helper()
	f := newFixture(t, emulator.Options{})
	f.config.MaxRetries = maxRetries
	row.trouble(t, f, times)
	regenerated, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: grace})

	waits := row.then[:min(len(row.then), maxRetries)]
	means, effect := row.means, row.effect
	if times == 1 {
		waits = waits[:1]
		means, effect = apisecret.Regenerated, apisecret.Changed
		if row.acted && grace == 0 { // the first attempt invalidated the secret that signs
			means, effect = apisecret.SecretRefused, apisecret.Unknown
		}
	}
	cutShort := strings.HasPrefix(row.happened, "reply cut")
	if cutShort && grace == 0 && len(waits) > 0 { // the first attempt invalidated the secret; a 401 counts even if it is cut short
		means, effect = apisecret.SecretRefused, apisecret.Unknown
	}
	attempts := 1 + len(waits)
	if !slices.Equal(f.waits, waits) {
		t.Errorf("waited %v, not %v", f.waits, waits)
	}
	if len(f.logged) != attempts {
		t.Errorf("%d attempts logged, not %d", len(f.logged), attempts)
	}

	troubled := attempts // how many of them met the trouble
	if times == 1 {
		troubled = 1
	}
	posts := f.sent("POST")
	if row.means == apisecret.NotSent || row.means == apisecret.NotSentForGood {
		f.wantSent(t, 0, attempts-troubled)
	} else {
		f.wantSent(t, 0, attempts)
	}
	wantFresh(t, posts)
	wantProcessed(t, posts, row.acted, grace, means == apisecret.Regenerated && troubled < attempts)

	var since time.Time
	if row.effect == apisecret.Unknown || row.means == apisecret.Unreadable {
		since = testStart()
	}
	if means == apisecret.Regenerated {
		wantRegenerated(t, f, regenerated, err, grace, since)
	} else {
		wantFailure(t, err, means, effect, grace, since)
	}
}

// wantProcessed checks which requests took effect. All are signed with the first
// secret. Those that met the trouble did if the API acted on them; without a grace
// period, only the first of them did. The last one did if the trouble was over.
func wantProcessed(t *testing.T, posts []emulator.Request, acted bool, grace time.Duration, over bool) {
	t.Helper()
	for i, post := range posts {
		want := acted && (grace > 0 || i == 0) || over && i == len(posts)-1
		if post.Processed != want || post.SignedWith != 0 {
			t.Errorf("POST %d: processed %t, not %t; signed with secret %d", i, post.Processed, want, post.SignedWith)
		}
	}
}

// wantRegenerated checks that the client returned the API's newest secret.
func wantRegenerated(t *testing.T, f *fixture, got *apisecret.RegeneratedSecret, err error, grace time.Duration, since time.Time) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var expires time.Time
	switch {
	case grace > 0 && since.IsZero():
		expires = f.clock().Add(grace)
	case grace > 0:
		expires = since.Add(grace)
	}
	if got.Secret.Reveal() != f.Secret() || !got.SignedWith.Equal(f.config.Secret) {
		t.Errorf("secret %s, signed with %s", got.Secret.Fingerprint(), got.SignedWith.Fingerprint())
	}
	if !got.OldSecretExpiresAt.Equal(expires) || got.OddExpiry != "" || got.GraceCut {
		t.Errorf("the old secret expires at %s %q, not %s; cut %t", got.OldSecretExpiresAt, got.OddExpiry, expires, got.GraceCut)
	}
	if !got.AmbiguousSince.Equal(since) || !got.ObtainedAt.Equal(f.clock()) {
		t.Errorf("ambiguous since %s, not %s; obtained at %s", got.AmbiguousSince, since, got.ObtainedAt)
	}
}

// wantFailure checks what an error says.
func wantFailure(t *testing.T, err error, means apisecret.Outcome, effect apisecret.Effect, grace time.Duration, since time.Time) {
	t.Helper()
	var failure *apisecret.RegenerateError
	if !errors.As(err, &failure) {
		t.Fatalf("error %v", err)
	}
	if failure.Outcome != means || failure.Effect() != effect {
		t.Errorf("outcome %d, effect %d; not %d, %d: %v", failure.Outcome, failure.Effect(), means, effect, err)
	}
	if failure.GracePeriod != grace || !failure.AmbiguousSince.Equal(since) {
		t.Errorf("grace period %s, ambiguous since %s; not %s, %s", failure.GracePeriod, failure.AmbiguousSince, grace, since)
	}
}
