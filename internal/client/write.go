// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// write sends a call that changes something other than the secret, and returns
// the body of the reply. It waits while a secret is being regenerated and is
// signed with the newest one known. It returns an *Error or a *TransportError.
//
// Ending ctx stops it until it has a connection; from then on the attempt is
// finished, so that what it did is known.
func (c *Client) write(ctx context.Context, call call) ([]byte, error) {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	retimed := false
	for attempts, retries := 0, 0; ; attempts++ {
		offset := c.ClockOffset()
		body, err := c.attempt(ctx, call, offset, attempts)
		if err == nil {
			return body, nil
		}
		if !retimed && c.retime(ctx, err, offset) {
			retimed = true
			continue
		}
		wait, again := c.again(call, err, retries)
		if !again || c.config.Sleep(ctx, wait) != nil {
			return nil, err
		}
		retries++
	}
}

// attempt sends a call once, on a clock that differs from the local one by
// offset.
func (c *Client) attempt(ctx context.Context, call call, offset time.Duration, attempts int) ([]byte, error) {
	ctx, connected, done := untilConnected(ctx)
	defer done()
	req, err := c.newRequest(ctx, call)
	if err != nil {
		return nil, &TransportError{Err: err}
	}
	transport := &transport{
		client: c, call: call, secret: c.newest, others: call.secrets,
		timeout: c.config.RequestTimeout, offset: offset, attempt: attempts, connected: connected,
	}
	resp, err := httpClient(transport).Do(req)
	if err != nil {
		return nil, asTransportError(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, newError(call, resp, transport.body, c.config.Clock(), transport.clean)
	}
	return transport.body, nil
}

// again reports whether a failed call is to be sent again, and after what wait:
// where it provably changed nothing, or where it does no harm.
func (c *Client) again(call call, err error, retries int) (time.Duration, bool) {
	var problem *Error
	var failed *TransportError
	var due bool
	switch {
	case errors.As(err, &failed):
		due = !failed.permanent() && (!failed.Sent || call.repeatable)
	case errors.As(err, &problem):
		due = problem.Status == http.StatusTooManyRequests || problem.Status >= 500 && call.repeatable
	}
	wait := c.retryWait(retries, problem)
	return wait, due && retries < c.config.MaxRetries && wait <= maxRetryAfter
}

// retryWait is the wait before a retry: doubled each time, and never shorter
// than the API asks for.
func (c *Client) retryWait(retries int, problem *Error) time.Duration {
	wait := min(c.config.RetryWait<<min(retries, 16), maxRetryWait)
	if problem != nil {
		wait = max(wait, problem.RetryAfter)
	}
	return wait
}

// retime reports whether a refusal on the clock of this offset was due to that
// clock. A write is never re-timed on a guess: a GET has to be accepted first.
func (c *Client) retime(ctx context.Context, err error, offset time.Duration) bool {
	var refused *Error
	if !errors.As(err, &refused) || !refused.SecretRefused() || c.config.MaxRetries == 0 {
		return false
	}
	if refused.clockOffset(c.config.Clock()) == 0 || c.probe(ctx, c.newest) != nil {
		return false
	}
	return c.ClockOffset() != offset
}

// unsure reports whether a call that failed may have taken effect all the same.
func unsure(err error) bool {
	var problem *Error
	var failed *TransportError
	switch {
	case errors.As(err, &failed):
		return failed.Sent
	case errors.As(err, &problem):
		return problem.Status >= 500
	}
	return false
}

// unreadable is the error for a success whose body is not what it should be.
func unreadable(what string) error {
	return &TransportError{Err: errors.New("the reply is not the " + what + " that the API documents"), Sent: true}
}
