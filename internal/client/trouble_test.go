// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// trouble makes the next attempts fail, as many as times says. A negative number
// stands for all of them.
type trouble func(t *testing.T, f *fixture, times int)

const forever = -1

// api is trouble that the API makes, or a gateway in front of it.
func api(fault emulator.Fault) trouble {
	return func(_ *testing.T, f *fixture, times int) {
		mine := fault
		mine.Times = times
		f.Inject(mine)
	}
}

// silence is no answer within the time allowed.
func silence(fault emulator.Fault) trouble {
	return func(t *testing.T, f *fixture, times int) {
		t.Helper()
		f.config.RequestTimeout = 400 * time.Millisecond
		mine := fault
		mine.Hold = make(chan struct{})
		api(mine)(t, f, times)
	}
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// dial is trouble before there is a connection.
func dial(failing dialer) trouble {
	return func(_ *testing.T, f *fixture, times int) {
		reachable, fails := f.config.Endpoint.Host, firstCalls(times)
		f.config.Endpoint = &url.URL{Scheme: "http", Host: "integrator.invalid:80"}
		f.network = func(transport *http.Transport) {
			transport.Proxy = nil
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				if fails() {
					return failing(ctx, network, address)
				}
				return new(net.Dialer).DialContext(ctx, network, reachable)
			}
		}
	}
}

func refused() trouble {
	return dial(func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:1") // tcpmux: nothing listens
	})
}

const (
	servfail = 2
	nxdomain = 3
)

// dns is a name server that answers each question with this code.
func dns(code byte) trouble {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			message := make([]byte, 2) // its length, then the message
			_, _ = io.ReadFull(there, message)
			message = append(message, make([]byte, binary.BigEndian.Uint16(message))...)
			_, _ = io.ReadFull(there, message[2:])
			message[4] |= 0x80 // the question comes back as an answer
			message[5] = code
			_, _ = there.Write(message)
		}()
		return here, nil
	}}
	return dial((&net.Dialer{Resolver: resolver}).DialContext)
}

// badCertificate is a certificate that no known authority has signed.
func badCertificate() trouble {
	return func(t *testing.T, f *fixture, _ int) {
		t.Helper()
		behindTLS(t, f, nil)
		f.network = nil
	}
}

func failedHandshake() trouble {
	return func(t *testing.T, f *fixture, times int) {
		t.Helper()
		fails := firstCalls(times)
		behindTLS(t, f, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			if fails() {
				return nil, errors.New("no")
			}
			return nil, nil
		}})
	}
}

// refusingProxy is a proxy that answers with this status.
func refusingProxy(status int) trouble {
	return func(t *testing.T, f *fixture, times int) {
		t.Helper()
		behindTLS(t, f, nil)
		fails, trusting := firstCalls(times), f.network
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if fails() {
				http.Error(w, "no", status)
				return
			}
			tunnel(w, r)
		}))
		t.Cleanup(proxy.Close)
		f.network = func(transport *http.Transport) {
			trusting(transport)
			through(proxy.URL)(transport)
		}
	}
}

// socksProxy is a SOCKS proxy that refuses each login.
func socksProxy() trouble {
	return func(t *testing.T, f *fixture, _ int) {
		t.Helper()
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = io.ReadFull(conn, make([]byte, 3)) // the version, and one way to log in
				_, _ = conn.Write([]byte{5, 0xff})        // none of them
				_ = conn.Close()
			}
		}()
		f.config.Endpoint = &url.URL{Scheme: "https", Host: "integrator.invalid"}
		f.network = through("socks5://" + listener.Addr().String())
	}
}

// plainPort is an API that is called with https and speaks http.
func plainPort() trouble {
	return func(_ *testing.T, f *fixture, _ int) {
		f.config.Endpoint = &url.URL{Scheme: "https", Host: f.config.Endpoint.Host}
	}
}

// plainProxy is a proxy that is called with https and speaks http.
func plainProxy() trouble {
	return func(_ *testing.T, f *fixture, _ int) {
		f.network = through("https://me:hidden@" + f.config.Endpoint.Host)
		f.config.Endpoint = &url.URL{Scheme: "https", Host: "integrator.invalid"}
	}
}

func through(proxy string) func(*http.Transport) {
	return func(transport *http.Transport) {
		transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
	}
}

func tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		return
	}
	defer func() { _ = there.Close() }()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = here.Close() }()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, here) }()
	_, _ = io.Copy(here, there)
}

// behindTLS puts the API behind a TLS server that the client trusts.
func behindTLS(t *testing.T, f *fixture, config *tls.Config) *httptest.Server {
	t.Helper()
	front := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(f.config.Endpoint))
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.EnableHTTP2 = true
	front.TLS = config
	front.StartTLS()
	t.Cleanup(front.Close)
	endpoint, err := url.Parse(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	f.config.Endpoint = endpoint
	f.network = trust(front)
	return front
}

func trust(server *httptest.Server) func(*http.Transport) {
	return func(transport *http.Transport) {
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	}
}

// firstCalls returns a function that is true for as many calls as times says.
func firstCalls(times int) func() bool {
	var calls atomic.Int64
	return func() bool { return times < 0 || calls.Add(1) <= int64(times) }
}
