// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a clock that moves only when the test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock {
	return &clock{t: time.Date(2026, 8, 19, 15, 16, 7, 597e6, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// client talks to an emulator that it started.
type client struct {
	*Server
	t     *testing.T
	clock *clock
	http  *http.Client
}

func start(t *testing.T, options Options) *client {
	t.Helper()
	c := &client{t: t, clock: newClock(), http: &http.Client{
		// With keep-alive, the transport would repeat dropped requests by itself.
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if options.Clock == nil {
		options.Clock = c.clock.Now
	}
	server, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c.Server = server
	return c
}

// request makes a signed request. It signs the target as it is written.
func (c *client) request(secret, method, target, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.URL()+target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	timestamp := strconv.FormatInt(c.clock.Now().UnixMilli(), 10)
	r.Header.Set("X-Integrator-Key", c.Key())
	r.Header.Set("X-Timestamp", timestamp)
	r.Header.Set("X-Signature", hmacOf(secret, timestamp, method, target, body))
	return r
}

func hmacOf(secret, timestamp, method, target, body string) string {
	hash := ""
	if body != "" {
		hash = fmt.Sprintf("%x", sha256.Sum256([]byte(body)))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, timestamp+"."+method+"."+target+"."+hash)
	return fmt.Sprintf("sha256=%x", mac.Sum(nil))
}

// answer is a reply with its whole body.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, a.body)
	}
	return members
}

func (c *client) try(r *http.Request) (answer, error) {
	response, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

func (c *client) do(r *http.Request) answer {
	c.t.Helper()
	a, err := c.try(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *client) profile(secret string) answer {
	c.t.Helper()
	return c.do(c.request(secret, "GET", ProfilePath, ""))
}

func (c *client) regenerate(secret, body string) answer {
	c.t.Helper()
	return c.do(c.request(secret, "POST", RegeneratePath, body))
}

// last returns the record of the latest request.
func (c *client) last() Request {
	c.t.Helper()
	requests := c.Requests()
	if len(requests) == 0 {
		c.t.Fatal("no request was recorded")
	}
	return requests[len(requests)-1]
}
