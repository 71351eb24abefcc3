// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Once a request is out, its error has words of the client, and what callers ask it
// for.
func TestErrorOfASentRequest(t *testing.T) {
	t.Parallel()
	const (
		closed    = "the connection was closed before the answer was complete"
		malformed = "the answer was malformed or broken off"
	)
	raw := func(reply string) trouble {
		return api(emulator.Fault{Raw: func([]byte) []byte { return []byte(reply) }})
	}
	for _, tt := range []sentError{
		{"cut", api(emulator.Fault{Drop: true}), closed, io.EOF, false},
		{"reply cut short", api(emulator.Fault{Truncate: true}), closed, io.ErrUnexpectedEOF, false},
		{"reset", api(emulator.Fault{Reset: true}), "the connection broke before the answer was complete: " + reset().Error(), reset(), false},
		{"no answer in time", silence(emulator.Fault{}), "no complete answer came in time", context.DeadlineExceeded, true},
		{"a page too large", api(emulator.Fault{Status: 500, Body: strings.Repeat("-", 1<<20+1)}), "the reply is larger than 1048576 bytes", nil, false},
		{"no HTTP", raw("Welcome!\r\n\r\n"), malformed, nil, false},
		{"a malformed header", raw("HTTP/1.1 200 OK\r\nWelcome!\r\n\r\n"), malformed, nil, false},
		{"a malformed length", raw("HTTP/1.1 200 OK\r\nContent-Length: Welcome!\r\n\r\n"), malformed, nil, false},
		{"an unknown coding", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: Welcome!\r\n\r\n"), malformed, nil, false},
		{"a malformed chunk", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nWelcome!\r\n\r\n"), malformed, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 0
			tt.trouble(t, f, forever)
			c := f.client()
			_, regenerateErr := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Hour})
			_, profileErr := c.Profile(t.Context())
			tt.check(t, regenerateErr)
			tt.check(t, profileErr)
		})
	}
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

// sentError is what the error of a request says and is.
type sentError struct {
	name    string
	trouble trouble
	says    string
	is      error // nil: nothing
	timeout bool
}

func (e sentError) check(t *testing.T, err error) {
	t.Helper()
	var failed *client.TransportError
	if !errors.As(err, &failed) || !failed.Sent || failed.Timeout != e.timeout || failed.Error() != e.says {
		t.Errorf("%+v: %v", failed, err)
	}
	if e.is != nil && !errors.Is(err, e.is) {
		t.Errorf("is not %v", e.is)
	}
	var inNet net.Error
	if isTimeout := errors.As(err, &inNet) && inNet.Timeout(); isTimeout != e.timeout {
		t.Errorf("in net, a timeout: %t", isTimeout)
	}
	if strings.Contains(printed(err), "Welcome") {
		t.Errorf("quotes the answer: %s", printed(err))
	}
}

// HTTP/2 lets a server say why it closes a connection. That is not quoted either.
func TestNothingOfHTTP2IsQuoted(t *testing.T) {
	t.Parallel()
	const planted = "sk_test_planted"
	f := newFixture(t, emulator.Options{})
	f.config.MaxRetries = 0
	front := httptest.NewUnstartedServer(nil)
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.TLS = &tls.Config{NextProtos: []string{"h2"}}
	front.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) { goAway(conn, planted) },
	}
	front.StartTLS()
	t.Cleanup(front.Close)
	f.config.Endpoint, _ = url.Parse(front.URL)
	f.network = trust(front)
	_, err := f.client().Profile(t.Context())
	var failed *client.TransportError
	if !errors.As(err, &failed) || !failed.Sent || strings.Contains(printed(err), planted) {
		t.Errorf("error %s", printed(err))
	}
}

// goAway reads a request and closes the connection with these words.
func goAway(conn net.Conn, words string) {
	defer func() { _ = conn.Close() }()
	const headers, settings, goAway = 1, 4, 7
	_, _ = conn.Write([]byte{0, 0, 0, settings, 0, 0, 0, 0, 0})
	_, _ = io.ReadFull(conn, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
	for frame := make([]byte, 9); frame[3] != headers; {
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		_, _ = io.CopyN(io.Discard, conn, int64(frame[1])<<8|int64(frame[2]))
	}
	frame := []byte{0, 0, byte(8 + len(words)), goAway, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1} // the last stream was 1, a protocol error
	_, _ = conn.Write(append(frame, words...))
}
