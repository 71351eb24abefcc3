// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	requestIDHeader = "X-Amzn-Requestid"
	traceIDHeader   = "X-Amzn-Trace-Id"
)

// reply is an answer that is not sent yet, so that a fault can change it or drop it.
// The handlers use it as an [http.ResponseWriter].
type reply struct {
	status int
	header http.Header
	body   []byte
}

func newReply() *reply {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return &reply{status: http.StatusOK, header: http.Header{
		requestIDHeader: {fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])},
		traceIDHeader:   {fmt.Sprintf("Root=1-%x-%x", id[:4], id[4:])},
	}}
}

// reset removes everything that was written.
func (a *reply) reset() { *a = *newReply() }

func (a *reply) Header() http.Header { return a.header }

func (a *reply) WriteHeader(status int) { a.status = status }

func (a *reply) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// send sends the reply, or its first part if it is truncated.
func (a *reply) send(w http.ResponseWriter, truncate bool) {
	maps.Copy(w.Header(), a.header)
	if len(a.body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if !truncate {
		_, _ = w.Write(a.body)
		return
	}
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) // closes the connection
}

// sendRaw sends these bytes, and closes the connection.
func sendRaw(w http.ResponseWriter, raw []byte) {
	conn := takeOver(w)
	_, _ = conn.Write(raw)
	_ = conn.Close()
}

// takeOver takes the connection away from net/http.
func takeOver(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

// drop closes the connection without a reply.
func drop(w http.ResponseWriter, reset bool) {
	conn := takeOver(w)
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// writeJSON answers with 200 and a value.
func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// formatTime writes a time as the API does.
func formatTime(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
