// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

const regenerateSecretPath = "/v1/integrator/regenerate-secret"

// minResendWait is kept before a request whose outcome is unknown is sent
// again, so that a server that is still at work on the first can finish.
const minResendWait = 3 * time.Second

// RegenerateSecret makes a new secret (POST /v1/integrator/regenerate-secret).
// It is one POST unless an attempt provably changed nothing, or was lost in a
// way that only another can mend: see Outcome. All other requests wait, and are
// signed with the new secret afterwards.
//
// Ending ctx stops it as long as nothing can have been sent. From then on it
// carries on, bounded by the request timeout and the retries: the reply is the
// only copy. The error is a *RegenerateError.
func (c *Client) RegenerateSecret(ctx context.Context, in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
	c.rotation.Lock()
	defer c.rotation.Unlock()

	if len(in.Signers) == 0 {
		in.Signers = []apisecret.Secret{c.newest}
	}
	body, err := json.Marshal(map[string]int64{"oldSecretValidForSeconds": int64(in.GracePeriod / time.Second)})
	if err != nil {
		return nil, err
	}
	r := &regeneration{
		client: c,
		ctx:    ctx,
		call:   call{method: http.MethodPost, path: regenerateSecretPath, body: body},
		input:  in,
	}
	regenerated, err := r.run()
	if err == nil {
		c.newest = regenerated.Secret
	}
	return regenerated, err
}

// regeneration is one call of RegenerateSecret.
type regeneration struct {
	client *Client
	ctx    context.Context // cannot end once an attempt was ambiguous
	call   call
	input  apisecret.RegenerateInput

	signer         int // index into input.Signers
	attempts       int
	retries        int  // attempts after the first with the same signer
	retimed        bool // likewise
	resent         bool
	ambiguous      int // attempts
	ambiguousSince time.Time
}

func (r *regeneration) run() (*apisecret.RegeneratedSecret, error) {
	for {
		if err := r.ctx.Err(); err != nil {
			return nil, r.failed(apisecret.NotSent, err)
		}
		sentAt := r.client.config.Clock()
		regenerated, reply, err := r.attempt()
		var problem *Error
		var failed *TransportError
		_, _ = errors.As(err, &problem), errors.As(err, &failed)
		outcome := judge(regenerated != nil, problem, failed)
		if outcome == apisecret.Regenerated {
			return r.succeeded(regenerated), nil
		}

		if outcome.Effect() != apisecret.Unchanged {
			if r.ambiguous == 0 {
				r.ambiguousSince = sentAt
				r.ctx = context.WithoutCancel(r.ctx)
			}
			r.ambiguous++
		}
		failure := r.failed(outcome, err)
		failure.Reply = reply
		if !r.proceed(then(outcome), problem) {
			return nil, failure
		}
	}
}

// proceed prepares the next attempt, waiting as long as is due, and reports
// whether there is to be one.
func (r *regeneration) proceed(next next, problem *Error) bool {
	if next == nextSigner {
		return r.ambiguousSince.IsZero() && (r.retime(problem) || r.useNextSigner())
	}
	wait := r.client.retryWait(r.retries, problem)
	if !r.ambiguousSince.IsZero() {
		wait = max(wait, minResendWait)
		end := r.ambiguousSince.Add(r.input.GracePeriod)
		if r.input.GracePeriod > 0 && !r.client.config.Clock().Add(wait).Before(end) {
			return false
		}
	}
	allowed := false
	switch next {
	case again:
		allowed = r.retries < r.client.config.MaxRetries
	case resendOnce: // harmless retries before it do not use it up
		allowed = !r.resent && r.client.config.MaxRetries > 0
		r.resent = true
	}
	if !allowed || wait > maxRetryAfter {
		return false
	}
	r.retries++
	return r.client.config.Sleep(r.ctx, wait) == nil
}

func (r *regeneration) useNextSigner() bool {
	r.retries, r.retimed = 0, false
	for r.signer++; r.signer < len(r.input.Signers); r.signer++ {
		s, refused := r.input.Signers[r.signer], r.input.Signers[:r.signer]
		if !s.IsZero() && !slices.ContainsFunc(refused, s.Equal) {
			return true
		}
	}
	return false
}

// retime asks whether the refusal was due to the clocks. The POST itself is
// never re-timed on a guess: a GET has to be accepted first.
func (r *regeneration) retime(problem *Error) bool {
	offset, before := problem.clockOffset(r.client.config.Clock()), r.client.ClockOffset()
	if r.retimed || offset == 0 || offset == before || r.client.config.MaxRetries == 0 {
		return false
	}
	r.retimed = true
	return r.client.probe(r.ctx, r.input.Signers[r.signer]) == nil && r.client.ClockOffset() != before
}

// attempt sends the request once. It returns the new secret, or the body of a
// success that has none, or an error.
func (r *regeneration) attempt() (*apisecret.RegeneratedSecret, apisecret.Secret, error) {
	ctx, connected, done := untilConnected(r.ctx)
	defer done()
	req, err := r.client.newRequest(ctx, r.call)
	if err != nil {
		return nil, apisecret.Secret{}, &TransportError{Err: err}
	}
	secret := r.input.Signers[r.signer]
	transport := &transport{
		client: r.client, call: r.call, secret: secret, others: r.input.Signers,
		timeout: r.client.config.RequestTimeout, offset: r.client.ClockOffset(), attempt: r.attempts, connected: connected,
	}
	resp, err := httpClient(transport).Do(req)
	r.attempts++
	if err != nil {
		failed := asTransportError(err)
		if failed.status >= 200 && failed.status < 300 {
			if regenerated := parseRegenerated(failed.partial); regenerated != nil {
				regenerated.SignedWith = secret
				return regenerated, apisecret.Secret{}, nil
			}
		}
		return nil, apisecret.Secret{}, failed
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, apisecret.Secret{}, newError(r.call, resp, transport.body, r.client.config.Clock(), transport.clean)
	}
	regenerated := parseRegenerated(transport.body)
	if regenerated == nil {
		return nil, apisecret.New(string(transport.body)), fmt.Errorf("the API answered %d without a readable secret", resp.StatusCode)
	}
	regenerated.SignedWith, regenerated.RequestID = secret, transport.clean(resp.Header.Get(headerRequestID))
	return regenerated, apisecret.Secret{}, nil
}

func (r *regeneration) failed(outcome apisecret.Outcome, err error) *apisecret.RegenerateError {
	failure := &apisecret.RegenerateError{
		Outcome: outcome, Err: err, GracePeriod: r.input.GracePeriod,
		AmbiguousSince: r.ambiguousSince, AmbiguousAttempts: r.ambiguous,
	}
	if !r.ambiguousSince.IsZero() {
		failure.OldSecretExpiresAt = r.oldSecretExpiresAt()
	}
	return failure
}

// oldSecretExpiresAt is when the old secret ends, by the API's clock, if the
// first ambiguous attempt has regenerated it.
func (r *regeneration) oldSecretExpiresAt() time.Time {
	return r.ambiguousSince.Add(r.client.ClockOffset()).Add(r.input.GracePeriod)
}

// succeeded judges the expiry: after an ambiguous attempt the reply may date
// the secret that was lost, and the one in use ends earlier.
func (r *regeneration) succeeded(regenerated *apisecret.RegeneratedSecret) *apisecret.RegeneratedSecret {
	now := r.client.config.Clock()
	regenerated.ObtainedAt = now
	regenerated.AmbiguousSince = r.ambiguousSince

	const tolerance = 15 * time.Minute // clocks ±5 min, a slow reply, and room
	expected := now.Add(r.client.ClockOffset()).Add(r.input.GracePeriod)
	if expiry := regenerated.OldSecretExpiresAt; !expiry.IsZero() && expiry.Sub(expected).Abs() > tolerance {
		regenerated.OddExpiry, regenerated.OldSecretExpiresAt = expiry.Format(time.RFC3339), time.Time{}
	}
	if !r.ambiguousSince.IsZero() && r.input.GracePeriod > 0 {
		earliest := r.oldSecretExpiresAt()
		if expiry := regenerated.OldSecretExpiresAt; expiry.IsZero() || earliest.Before(expiry) {
			regenerated.OldSecretExpiresAt, regenerated.OddExpiry = earliest, ""
		}
	}
	return regenerated
}
