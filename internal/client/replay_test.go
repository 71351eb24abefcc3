// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestNetHTTPReplaysNothing is about requests that net/http sends again by itself,
// with the old signature, and which the client does not count.
func TestNetHTTPReplaysNothing(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]emulator.Fault{"cut": {Drop: true}, "reset": {Reset: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 0
			c := f.client()
			if _, err := c.Profile(t.Context()); err != nil { // may leave a connection open, on which net/http would send again
				t.Fatal(err)
			}
			f.Inject(cut)
			_, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			wantFailure(t, err, apisecret.Ambiguous, apisecret.Unknown, 0, testStart())
			f.Inject(cut)
			if _, err := c.Profile(t.Context()); err == nil {
				t.Error("the cut connection was not noticed")
			}
			f.wantSent(t, 2, 1)
		})
	}
}

// In HTTP/2, a server can say that it did not look at a request. net/http then
// sends the request again if it can.
func TestNetHTTPReplaysNoPostOverHTTP2(t *testing.T) {
	t.Parallel()
	const headers, rstStream, goAway = 1, 3, 7
	for name, refuse := range map[string]func(stream uint32) []byte{
		"refused stream": func(stream uint32) []byte {
			const refusedStream = 7
			return frame(rstStream, stream, binary.BigEndian.AppendUint32(nil, refusedStream))
		},
		"going away": func(uint32) []byte {
			return frame(goAway, 0, make([]byte, 8)) // last stream 0: no request was looked at; no error
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server := httptest.NewUnstartedServer(nil)
			server.TLS = &tls.Config{NextProtos: []string{"h2"}}
			server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
				"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
					speakHTTP2(conn, func(kind byte, stream uint32) {
						if kind == headers {
							requests.Add(1)
							_, _ = conn.Write(refuse(stream))
						}
					})
				},
			}
			server.StartTLS()
			t.Cleanup(server.Close)

			f := newFixture(t, emulator.Options{})
			f.config.MaxRetries = 0
			f.config.Endpoint, _ = url.Parse(server.URL)
			f.network = trust(server)
			_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
			wantFailure(t, err, apisecret.Ambiguous, apisecret.Unknown, 0, testStart())
			if n := requests.Load(); n != 1 {
				t.Errorf("%d requests arrived", n)
			}
		})
	}
}

// speakHTTP2 is a server that can do just enough to get requests.
func speakHTTP2(conn io.ReadWriter, frameArrived func(kind byte, stream uint32)) {
	const settings = 4
	preface := make([]byte, 24)
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	if _, err := conn.Write(frame(settings, 0, nil)); err != nil {
		return
	}
	for header := make([]byte, 9); ; {
		if _, err := io.ReadFull(conn, header); err != nil {
			return
		}
		length := int64(binary.BigEndian.Uint32(header)) >> 8
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return
		}
		frameArrived(header[3], binary.BigEndian.Uint32(header[5:]))
	}
}

// frame is an HTTP/2 frame: length, kind, no flags, stream, payload.
func frame(kind byte, stream uint32, payload []byte) []byte {
	header := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	return append(binary.BigEndian.AppendUint32(append(header, 0), stream), payload...)
}
