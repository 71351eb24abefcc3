// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// maxRetryWait bounds the backoff between two attempts.
const maxRetryWait = 30 * time.Second

// limits bound a read: the time for one attempt, the number of retries, and the
// longest wait before a retry that the API may ask for.
type limits struct {
	attempt time.Duration
	retries int
	wait    time.Duration
}

func (c *Client) limits() limits {
	return limits{c.config.RequestTimeout, c.config.MaxRetries, maxRetryAfter}
}

// query is a call that changes nothing. accept takes what was asked for out of an
// answer of success, or returns a *ReplyError.
type query struct {
	limits limits
	path   string
	secret apisecret.Secret
	accept func(reply) error
}

// read sends a query as often as its limits allow. It returns an *Error, a
// *ReplyError, a *TransportError or ErrNoSecret.
//
// If the API refuses the secret and its clock is far from the local one, the
// profile is read with the server's time. If the API accepts that, the client goes
// on signing with the server's time, and so sends the query once more.
func (c *Client) read(ctx context.Context, q query) error {
	if q.secret.IsZero() {
		return ErrNoSecret
	}
	err := c.readAt(ctx, q, c.ClockOffset())
	refused, ok := errors.AsType[*Error](err)
	if !ok || !refused.SecretRefused() {
		return err
	}
	offset := refused.clockOffset(c.config.Clock())
	if offset == 0 || offset == c.ClockOffset() {
		return err
	}
	proof := q
	if q.path != profilePath {
		proof = query{q.limits, profilePath, q.secret, c.acceptOwnProfile}
	}
	if c.readAt(ctx, proof, offset) != nil {
		return err
	}
	c.offset.Store(int64(offset))
	if q.path != profilePath {
		return c.readAt(ctx, q, offset)
	}
	return nil
}

// readAt does what read does, signing with a time that is ahead of the local
// clock by offset.
func (c *Client) readAt(ctx context.Context, q query, offset time.Duration) error {
	call := call{method: http.MethodGet, path: q.path}
	req, err := c.newRequest(ctx, call)
	if err != nil {
		return err
	}
	transport := &transport{client: c, call: call, secret: q.secret, timeout: q.limits.attempt, offset: offset}
	resp, err := c.reader(q.limits, transport).Do(&retryablehttp.Request{Request: req})
	if err != nil {
		return asTransportError(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if !transport.reply.success() {
		return newError(resp, transport.reply, c.config.Clock(), transport.clean)
	}
	return q.accept(transport.reply)
}

// reader is a retryablehttp client without the defaults that are wrong here. It
// has no logger of its own, keeps the last reply, and gives up rather than wait
// longer than the limits allow.
func (c *Client) reader(limits limits, transport *transport) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: transport,
			// No redirect is followed: a signature is valid for one path only.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     limits.retries,
		RetryWaitMin: c.config.RetryWait,
		RetryWaitMax: maxRetryWait,
		Backoff: func(least, most time.Duration, retry int, resp *http.Response) time.Duration {
			wait := retryablehttp.DefaultBackoff(least, most, retry, nil)
			if resp != nil {
				wait = max(wait, askedWait(resp.Header, transport.reply.text, c.config.Clock()))
			}
			return wait
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			if failed, ok := errors.AsType[*TransportError](err); ok {
				return !failed.permanent(), nil
			}
			if err != nil {
				return false, nil
			}
			transient := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 || perhapsAtWork(resp.StatusCode)
			return transient && askedWait(resp.Header, transport.reply.text, c.config.Clock()) <= limits.wait, nil
		},
	}
}

// asTransportError takes the cause out of what net/http and retryablehttp wrap
// around it, so that the error does not repeat the URL.
func asTransportError(err error) *TransportError {
	if failed, ok := errors.AsType[*TransportError](err); ok {
		return failed
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return &TransportError{Err: fmt.Errorf("the request was given up: %w", err)}
}
