// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// TransportError says that no complete answer came.
type TransportError struct {
	Err  error // the cause, without URL or headers, and once Sent without anything that a server said
	Sent bool  // the request's headers were written, so the API may have acted on it
	// Timeout says that the time allowed for the attempt ran out; the API may
	// still be at work on the request.
	Timeout bool

	text   string // of Err, without secrets that a proxy may have repeated in it
	status int    // of a reply that was cut short; 0 if there was no status yet
}

func (e *TransportError) Error() string { return cmp.Or(e.text, e.Err.Error()) }

func (e *TransportError) Unwrap() error { return e.Err }

// BadCertificate reports whether the server, or the proxy, has a certificate that
// this machine does not trust.
func (e *TransportError) BadCertificate() bool {
	_, bad := errors.AsType[*tls.CertificateVerificationError](e.Err)
	return bad
}

// NoTLS reports whether the port that was called does not speak TLS. ofProxy says
// that it is the proxy's.
func (e *TransportError) NoTLS() (noTLS, ofProxy bool) {
	_, noTLS = errors.AsType[tls.RecordHeaderError](e.Err)
	connecting, ok := errors.AsType[*net.OpError](e.Err)
	return noTLS, ok && connecting.Op == "proxyconnect"
}

// permanent reports whether trying again cannot help.
func (e *TransportError) permanent() bool {
	dns, unknownHost := errors.AsType[*net.DNSError](e.Err)
	proxy, refused := errors.AsType[*ProxyError](e.Err)
	_, badVariable := errors.AsType[*ProxyVariableError](e.Err)
	noTLS, _ := e.NoTLS()
	return unknownHost && dns.IsNotFound || refused && proxy.permanent() || badVariable || noTLS || e.BadCertificate()
}

// newTransportError says what ended an attempt with this context. Where that was the
// context, HTTP/2 does not tell why it has ended.
func newTransportError(ctx context.Context, err error) *TransportError {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		err = cause
	}
	err = socksRefusal(err)
	failed, ok := errors.AsType[net.Error](err)
	return &TransportError{Err: err, Timeout: errors.Is(err, context.DeadlineExceeded) || ok && failed.Timeout()}
}

var errTooLarge = fmt.Errorf("the reply is larger than %d bytes", maxReply)

// unquotedError stands for an error that net/http gives after a request was sent.
// Its words are fixed, and so are those of its causes.
type unquotedError struct {
	text   string
	causes []error
}

func (e *unquotedError) Error() string { return e.text }

func (e *unquotedError) Unwrap() []error { return e.causes }

// unquoted puts an error in fixed words. net/http quotes what it cannot read of an
// answer. That can be the new secret, which nobody could redact.
func unquoted(err error) error {
	e := &unquotedError{text: "the answer was malformed or broken off"}
	say := func(text string, causes ...error) {
		for _, cause := range causes {
			if errors.Is(err, cause) {
				e.text = text
				e.causes = append(e.causes, cause)
			}
		}
	}
	say("the connection was closed before the answer was complete", io.EOF, io.ErrUnexpectedEOF, net.ErrClosed)
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		say("the connection broke before the answer was complete: "+number.Error(), number)
	}
	say(errTooLarge.Error(), errTooLarge)
	say("the request was given up", context.Canceled)
	say("no complete answer came in time", context.DeadlineExceeded, os.ErrDeadlineExceeded)
	return e
}
