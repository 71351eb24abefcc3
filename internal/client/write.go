// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// minResendWait is the least wait before a request whose outcome is unknown is
// sent again: a server that still works on the first one can finish it.
const minResendWait = 3 * time.Second

// errOrphaned is the error of a call whose next attempt was not made.
var errOrphaned = errors.New("the process that asked for this is gone")

// write sends a call that changes something other than the secret, and returns
// the reply. It waits while a secret is being regenerated and is
// signed with the newest one known. It returns an *Error, a *TransportError,
// ErrNoSecret or errOrphaned.
//
// Ending ctx stops it until it has a connection. From then on the attempt is
// finished, so that what it did is known.
func (c *Client) write(ctx context.Context, call call) (reply, error) {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	if c.newest.IsZero() {
		return reply{}, ErrNoSecret
	}
	w := &write{
		client: c, call: call, signers: []apisecret.Secret{c.newest},
		then: func(o apisecret.Outcome) next { return afterWrite(o, call.idempotent) },
	}
	return w.run(ctx)
}

// write is one call that changes something, over all of its attempts.
type write struct {
	client  *Client
	call    call
	signers []apisecret.Secret // the next one signs when the API has refused one
	then    func(apisecret.Outcome) next

	// onlyCopy says that the reply is the only copy of what the call makes. After
	// an attempt that may have taken effect, the end of the context no longer
	// stops such a call, and no attempt is sent when the grace period is over.
	onlyCopy bool
	grace    time.Duration
	// accept, if set, reads each reply. It returns the error that is to be judged.
	accept func(reply, error) error

	signer   int // index of the current one
	attempts int
	sentAt   time.Time     // of the latest one
	offset   time.Duration // of the clock that the latest attempt was signed with
	retries  int           // attempts after the first with the same signer
	retimed  bool          // whether this signer had an attempt on the server's clock
	resent   bool          // whether the one resend has been made

	ambiguous      int // attempts that may have taken effect; counted for an onlyCopy
	ambiguousSince time.Time
}

// run makes attempts until one succeeds or no other may follow.
func (w *write) run(ctx context.Context) (reply, error) {
	for {
		if w.client.config.Orphaned() {
			return reply{}, errOrphaned
		}
		if err := ctx.Err(); err != nil && w.onlyCopy {
			return reply{}, err // other writes notice it in the attempt, which is called off
		}
		w.sentAt = w.client.config.Clock()
		got, err := w.attempt(ctx)
		if w.accept != nil {
			err = w.accept(got, err)
		}
		if err == nil {
			return got, nil
		}
		outcome := judge(err)
		if w.onlyCopy && outcome.Effect() != apisecret.Unchanged {
			if w.ambiguous == 0 {
				w.ambiguousSince = w.sentAt
			}
			w.ambiguous++
			ctx = context.WithoutCancel(ctx)
		}
		if !w.proceed(ctx, w.then(outcome), err) {
			return reply{}, err
		}
	}
}

// attempt sends the call once. It returns an *Error or a *TransportError.
func (w *write) attempt(ctx context.Context) (reply, error) {
	ctx, connected, done := untilConnected(ctx)
	defer done()
	req, err := w.client.newRequest(ctx, w.call)
	if err != nil {
		return reply{}, &TransportError{Err: err}
	}
	w.offset = w.client.ClockOffset()
	transport := &transport{
		client: w.client, call: w.call, secret: w.signers[w.signer],
		timeout: w.client.config.RequestTimeout, offset: w.offset, attempt: w.attempts, connected: connected,
	}
	w.attempts++
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return transport.reply, err
	}
	defer func() { _ = resp.Body.Close() }()
	if !transport.reply.success() {
		return transport.reply, newError(resp, transport.reply, w.client.config.Clock(), transport.clean)
	}
	return transport.reply, nil
}

// proceed prepares the next attempt, waiting as long as is due, and reports
// whether there is to be one.
func (w *write) proceed(ctx context.Context, next next, err error) bool {
	problem, _ := errors.AsType[*Error](err)
	switch next {
	case stop:
		return false
	case nextSigner:
		// Not after an ambiguous attempt: it may be the reason for the refusal.
		return w.ambiguous == 0 && (w.retime(ctx, problem) || w.useNextSigner())
	case resendOnce: // retries do not use it up, for they changed nothing
		if w.resent || w.client.config.MaxRetries == 0 {
			return false
		}
		w.resent = true
	case retry:
		if w.retries >= w.client.config.MaxRetries {
			return false
		}
	}
	wait := w.wait(problem)
	if wait > maxRetryAfter || !w.inTime(wait) || w.client.config.Orphaned() {
		return false
	}
	w.retries++
	return w.client.config.Sleep(ctx, wait) == nil
}

// wait is the wait before another attempt: doubled each time, and never shorter
// than the API asks for.
func (w *write) wait(problem *Error) time.Duration {
	wait := min(w.client.config.RetryWait<<min(w.retries, 16), maxRetryWait)
	if problem != nil {
		wait = max(wait, problem.RetryAfter)
	}
	if w.ambiguous > 0 {
		wait = max(wait, minResendWait)
	}
	return wait
}

// inTime reports whether an attempt after this wait is sent in the grace period
// of the first ambiguous one. Afterwards, the API would refuse the old secret.
func (w *write) inTime(wait time.Duration) bool {
	end := w.ambiguousSince.Add(w.grace)
	return w.ambiguous == 0 || w.grace == 0 || w.client.config.Clock().Add(wait).Before(end)
}

// retime reports whether the clock was the reason for a refusal, and the next
// attempt is signed with the server's time. The client never guesses this for a
// write: the API has to accept a GET that is signed so.
func (w *write) retime(ctx context.Context, refused *Error) bool {
	offset := refused.clockOffset(w.client.config.Clock())
	if w.retimed || offset == 0 || offset == w.offset || w.client.config.MaxRetries == 0 {
		return false
	}
	w.retimed = true
	return w.client.probe(ctx, w.signers[w.signer]) == nil && w.client.ClockOffset() != w.offset
}

// useNextSigner goes on to the next secret that is none of those refused.
func (w *write) useNextSigner() bool {
	w.retries, w.retimed = 0, false
	for w.signer++; w.signer < len(w.signers); w.signer++ {
		s, refused := w.signers[w.signer], w.signers[:w.signer]
		if !slices.ContainsFunc(refused, s.Equal) {
			return true
		}
	}
	return false
}
