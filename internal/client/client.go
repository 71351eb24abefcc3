// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package client calls the integrator API. It signs and sends requests, retries
// them where that is safe, and says what the answers mean. It knows nothing of
// Terraform.
//
// [New] makes a [Client] for one integrator and one endpoint, which comes from
// [EnvironmentEndpoint] or [ParseEndpoint]. There are three kinds of calls:
//
//   - Reads change nothing and are retried: [Client.Profile], [Client.Webhooks],
//     whose answer is shared until something is written, and [Client.Probe], which
//     asks whether the API accepts a given secret.
//   - Writes are sent again only if the attempt before provably changed nothing,
//     or if it does no harm to send them twice. [Client.CreateWebhook] looks for
//     the webhook in the list if the reply is lost.
//   - [Client.RegenerateSecret] invalidates the secret that signs it, and its reply
//     is the only copy of the new one. It has rules of its own for what follows an
//     attempt, and all other calls wait until it is done.
//
// # Errors
//
// An answer other than success is an [*Error] with the words of the API. One of
// success that is not what the API documents is a [*ReplyError]: something else may
// have answered. If there was no complete answer, the error is a [*TransportError],
// which says whether the request was sent. An [*apisecret.RegenerateError] says what
// became of the secret, and wraps the error of the last attempt.
//
// No error and no log record contains a secret, in no encoding, not even if the
// server repeats one. Of a reply that cannot be read, nothing is quoted at all: it
// may be the one with the new secret.
//
// # Clocks
//
// A signature contains the time. If the API refuses one and its clock is far from
// the local one, the client signs with the server's time from then on, provided
// that the API accepts a read signed so: see [Client.ClockOffset].
//
// # Reading the code
//
// To follow the regeneration of a secret, read RegenerateSecret (its input and its
// result), write.run (the loop over the attempts), judge and afterRegeneration
// (what an answer means, and what follows), transport (one attempt on the wire)
// and sign.
package client

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Config is what a Client needs. Endpoint and IntegratorKey are required; the zero
// value of the rest gives the defaults named.
type Config struct {
	Endpoint       *url.URL // from ParseEndpoint or EnvironmentEndpoint
	IntegratorKey  string
	Secret         apisecret.Secret // signs until RegenerateSecret or Use gives a newer one; until then, without it, all calls fail with ErrNoSecret
	UserAPIKey     apisecret.Secret // sent as bearer token where it is set
	UserAgent      string
	MaxRetries     int              // retries after the first attempt; 0 is none
	RequestTimeout time.Duration    // for one attempt; 0 is DefaultRequestTimeout
	RetryWait      time.Duration    // before the first retry, doubled for each further one; 0 is one second
	Clock          func() time.Time // nil is time.Now

	// Orphaned reports whether whoever waits for the calls is gone. From then on, no
	// attempt of a call that changes something begins: another run may have gone on,
	// and the attempt would undo what that did. nil is never.
	Orphaned func() bool
	// Sleep waits before a call that changes something is sent again; it returns
	// early, with the context's error, when the context ends. nil waits on the
	// wall clock.
	Sleep func(ctx context.Context, d time.Duration) error
	// Log receives one record for each attempt: method, path, status, attempt,
	// duration_ms and request_id, never a body or another header. nil drops it.
	Log func(ctx context.Context, message string, fields map[string]any)
}

// ErrNoSecret is the error of a call that no secret is there to sign. Nothing was sent:
// a signature made with an empty secret would look like one with a wrong secret.
var ErrNoSecret = errors.New("there is no secret to sign with")

// The defaults of Config's limits.
const (
	DefaultMaxRetries     = 4
	DefaultRequestTimeout = 2 * time.Minute
)

// maxRetryAfter is the longest wait that the API may ask for. If it asks for
// more, the call is not retried.
const maxRetryAfter = time.Minute

// Client calls the API as one integrator. It is safe for concurrent use.
type Client struct {
	config Config

	network *http.Transport

	// rotation is held for writing while a secret is being regenerated: every other
	// request waits, and is then signed with the new one.
	rotation sync.RWMutex
	newest   apisecret.Secret // guarded by rotation

	offset atomic.Int64 // a time.Duration, see ClockOffset

	creatingWebhook sync.Mutex
	webhooks        webhookList
}

// New returns a Client. It does no network.
func New(config Config) *Client {
	if config.RequestTimeout == 0 {
		config.RequestTimeout = DefaultRequestTimeout
	}
	if config.RetryWait == 0 {
		config.RetryWait = time.Second
	}
	if config.Clock == nil {
		config.Clock = time.Now //nolint:forbidigo // where the clock comes from
	}
	if config.Sleep == nil {
		config.Sleep = sleep
	}
	if config.Orphaned == nil {
		config.Orphaned = func() bool { return false }
	}

	network := &http.Transport{
		Proxy:                  proxyFromEnvironment,
		OnProxyConnectResponse: proxyAnswered,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // net/http would lose a body that is not compressed as its header says
		DisableKeepAlives:      true, // on a connection used before, net/http may send a request twice
	}
	c := &Client{config: config, network: network, newest: config.Secret}
	c.webhooks.request = c.listWebhooks
	return c
}

// Endpoint is the base URL that the client calls.
func (c *Client) Endpoint() string { return c.config.Endpoint.String() }

// IntegratorKey is the key of the integrator that the client acts for.
func (c *Client) IntegratorKey() string { return c.config.IntegratorKey }

// HasUserAPIKey reports whether requests have a bearer token.
func (c *Client) HasUserAPIKey() bool { return !c.config.UserAPIKey.IsZero() }

// ConfiguredSecret is the secret that the client was made with.
func (c *Client) ConfiguredSecret() apisecret.Secret { return c.config.Secret }

// Use makes the client sign with a secret that another process has made. It waits
// for the requests that are under way.
func (c *Client) Use(secret apisecret.Secret) {
	c.rotation.Lock()
	defer c.rotation.Unlock()
	c.newest = secret
}

// ClockOffset is how far the server's clock is ahead of the local one, if the
// client signs with the server's time because of that. Otherwise it is 0.
func (c *Client) ClockOffset() time.Duration { return time.Duration(c.offset.Load()) }

// call is one request of the API, before it is signed.
type call struct {
	method string
	path   string
	body   []byte // nil for none

	idempotent bool               // sending it twice does what sending it once does
	secrets    []apisecret.Secret // that must not be shown, beside the client's own
}

// encode makes the body of a call. It cannot fail for texts, numbers and lists of
// texts, which is all that the API takes.
func encode(members map[string]any) []byte {
	body, _ := json.Marshal(members)
	return body
}

func (c *Client) newRequest(ctx context.Context, call call) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, call.method, c.Endpoint()+call.path, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("Accept-Encoding", "identity")
	if call.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.config.UserAgent != "" {
		req.Header.Set("User-Agent", c.config.UserAgent)
	}
	if !c.config.UserAPIKey.IsZero() {
		req.Header.Set("Authorization", "Bearer "+c.config.UserAPIKey.Reveal())
	}
	return req, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
