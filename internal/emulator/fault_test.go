// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// spoiled sends a regeneration that meets the fault, and checks whether it had an
// effect.
func spoiled(t *testing.T, fault Fault, processed bool) (*client, answer, error) {
	t.Helper()
	c := start(t, Options{})
	secret := c.Secret()
	c.Inject(fault)
	a, err := c.try(c.request(secret, "POST", RegeneratePath, `{"oldSecretValidForSeconds":60}`))
	if got := c.Secret() != secret; got != processed {
		t.Errorf("regenerated: %t", got)
	}
	if got := c.last().Processed; got != processed {
		t.Errorf("recorded as processed: %t", got)
	}
	return c, a, err
}

// reset is what the system says of a connection that the server has reset. On
// Windows, ECONNRESET is a name for another number, which the system never gives.
func reset() error {
	if runtime.GOOS == "windows" {
		const wsaeConnReset = syscall.Errno(10054)
		return wsaeConnReset
	}
	return syscall.ECONNRESET
}

func TestFaultDropsConnection(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault Fault
		err   error
	}{
		{"close", Fault{Drop: true}, io.EOF},
		{"reset", Fault{Reset: true}, reset()},
		{"close and reset", Fault{Drop: true, Reset: true}, reset()},
		{"answer and close", Fault{Status: 500, Drop: true}, io.EOF},
	} {
		for _, after := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				fault := tt.fault
				fault.AfterProcessing = after
				c, _, err := spoiled(t, fault, after)
				if !errors.Is(err, tt.err) {
					t.Errorf("error %v, not %v", err, tt.err)
				}
				if got := c.last(); got.Status != 0 || got.Problem != "" {
					t.Errorf("recorded %+v", got)
				}
			})
		}
	}
}

func TestFaultReplacesReply(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		fault       Fault
		status      int
		contentType string
		body        string
		problem     string
	}{
		{"status", Fault{Status: 502}, 502, "", "", ""},
		{"body", Fault{Body: `{}`}, 200, "application/json", `{}`, ""},
		{"not JSON", Fault{Body: "oops", ContentType: "text/plain"}, 200, "text/plain", "oops", ""},
		{
			"problem", Problem(503, ProblemServiceUnavailable, "Down", "", map[string]any{"retryable": true}),
			503, "application/problem+json", `{"retryable":true,"status":503,"title":"Down","type":"` + ProblemServiceUnavailable + `"}`, ProblemServiceUnavailable,
		},
		{
			"problem as JSON", Fault{Status: 409, Body: `{"type":"` + ProblemConflict + `"}`},
			409, "application/json", `{"type":"` + ProblemConflict + `"}`, ProblemConflict,
		},
		{"HTML", HTML(504), 504, "text/html", "<html><body><h1>504 Gateway Timeout</h1></body></html>\n", ""},
	} {
		for _, after := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				fault := tt.fault
				fault.AfterProcessing = after
				c, a, err := spoiled(t, fault, after)
				if err != nil {
					t.Fatal(err)
				}
				if a.status != tt.status || a.header.Get("Content-Type") != tt.contentType || a.body != tt.body {
					t.Errorf("%d %s %s", a.status, a.header.Get("Content-Type"), a.body)
				}
				if got := c.last(); got.Status != tt.status || got.Problem != tt.problem {
					t.Errorf("recorded %+v", got)
				}
			})
		}
	}
}

func TestFaultHeader(t *testing.T) {
	t.Parallel()

	t.Run("429", func(t *testing.T) {
		t.Parallel()
		_, a, err := spoiled(t, TooManyRequests("7"), false)
		if err != nil || a.status != 429 || a.body != "" || a.header.Get("Retry-After") != "7" {
			t.Errorf("%+v %v", a, err)
		}
		_, a, err = spoiled(t, TooManyRequests(""), false)
		if _, present := a.header["Retry-After"]; err != nil || present {
			t.Errorf("%+v %v", a, err)
		}
	})

	t.Run("redirect", func(t *testing.T) {
		t.Parallel()
		_, a, err := spoiled(t, Redirect("http://elsewhere.example/"), false)
		if err != nil || a.status != 307 || a.header.Get("Location") != "http://elsewhere.example/" {
			t.Errorf("%+v %v", a, err)
		}
	})

	t.Run("in the real reply", func(t *testing.T) {
		t.Parallel()
		date := "Mon, 01 Jan 2001 00:00:00 GMT"
		_, a, err := spoiled(t, Fault{Header: http.Header{"date": {date}, "x-amzn-requestid": nil}}, true)
		if err != nil || a.status != 200 || a.header.Get("Date") != date {
			t.Errorf("%+v %v", a, err)
		}
		if _, present := a.header["X-Amzn-Requestid"]; present {
			t.Error("there is a request id")
		}
	})
}

func TestFaultRewrites(t *testing.T) {
	t.Parallel()
	_, a, err := spoiled(t, Fault{Rewrite: func(reply map[string]any) {
		delete(reply, "secret")
		reply["oldSecretExpiresAt"] = "soon"
	}}, true)
	if err != nil || a.status != 200 || a.body != `{"oldSecretExpiresAt":"soon"}` {
		t.Errorf("%+v %v", a, err)
	}

	_, a, err = spoiled(t, Fault{Body: "[]", Rewrite: func(map[string]any) { t.Error("called") }}, false)
	if err != nil || a.body != "[]" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestFaultEncodes(t *testing.T) {
	t.Parallel()
	_, a, err := spoiled(t, Fault{
		Rewrite: func(reply map[string]any) { delete(reply, "secret") },
		Encode:  func(body []byte) []byte { return append([]byte("\ufeff"), body...) },
	}, true)
	if err != nil || a.status != 200 || !strings.HasPrefix(a.body, "\ufeff{\"oldSecretExpiresAt\":") {
		t.Errorf("%+v %v", a, err)
	}
}

func TestFaultRaw(t *testing.T) {
	t.Parallel()
	c, a, err := spoiled(t, Fault{Raw: func(body []byte) []byte {
		return append([]byte("HTTP/1.1 299 Fine\r\nContent-Type: text/odd\r\n\r\n"), body[:9]...)
	}}, true)
	if err != nil || a.status != 299 || a.header.Get("Content-Type") != "text/odd" || a.body != `{"oldSecr` {
		t.Errorf("%+v %v", a, err)
	}
	if got := c.last(); got.Status != 200 {
		t.Errorf("recorded %+v", got)
	}
}

func TestFaultTruncates(t *testing.T) {
	t.Parallel()
	c, a, err := spoiled(t, Fault{Truncate: true}, true)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if a.status != 200 || !strings.HasPrefix(a.body, `{"`) || strings.Contains(a.body, "}") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if got := c.last(); got.Status != 200 {
		t.Errorf("recorded %+v", got)
	}
}

func TestFaultQueue(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.Inject(
		Fault{Status: 500, Times: 2}.On("GET", ProfilePath),
		Fault{Status: 501}.On("POST", ""),
		Fault{Status: 502},
	)
	c.Inject(Fault{Status: 503, Times: -1}.On("", RegeneratePath))

	for i, tt := range []struct {
		method, target string
		status         int
	}{
		{"GET", ProfilePath, 500},
		{"POST", RegeneratePath, 501},
		{"GET", ProfilePath + "?a=1", 500},
		{"GET", ProfilePath, 502},
		{"GET", ProfilePath, 200},
		{"POST", RegeneratePath, 503},
		{"POST", RegeneratePath, 503},
		{"GET", ProfilePath, 200},
	} {
		if a := c.do(c.request(c.Secret(), tt.method, tt.target, "")); a.status != tt.status {
			t.Errorf("request %d: status %d, not %d", i, a.status, tt.status)
		}
	}
}

func TestHeal(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.Inject(HTML(502), Fault{Drop: true, Times: -1})
	c.Heal()
	if a := c.profile(c.Secret()); a.status != 200 {
		t.Errorf("a fault was left: %d", a.status)
	}
}
