// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// maxReply bounds what is read of a reply; the longest real one is under 1 KiB
// a webhook.
const maxReply = 1 << 20

// reply is a complete answer, or what came of one that was cut short. The zero
// reply stands for none.
type reply struct {
	call        call
	status      int
	contentType string
	requestID   func() string // not always asked for, and takes longer to clean than a signature
	date        time.Time     // the server's clock; zero if unknown or from a cache

	text []byte // of the body, decompressed
	raw  []byte // the body as it came, if it could not be decompressed in full
}

func (r reply) success() bool { return r.status >= 200 && r.status <= 299 }

// The kinds of JSON that a reply can be, by their first character.
const (
	object = '{'
	list   = '['
)

// is reports whether the body is JSON of a kind.
func (r reply) is(kind byte) bool { return r.begins(kind) && json.Valid(r.text) }

// begins reports whether the body may be JSON of a kind, as far as it came.
func (r reply) begins(kind byte) bool {
	text := bytes.TrimLeft(r.text, " \t\r\n")
	return len(text) == 0 || text[0] == kind
}

// unlike is the error for an answer of success that is not what was asked for,
// which is JSON of this kind.
func (r reply) unlike(kind byte, what string) *ReplyError {
	body := r.text
	if r.raw != nil {
		body = r.raw
	}
	return &ReplyError{
		Method: r.call.method, Path: r.call.path, Status: r.status, ContentType: r.contentType,
		NotFromAPI: !r.is(kind), what: what, body: apisecret.New(string(body)),
	}
}

// ReplyError is an answer of success that is not what the API documents.
type ReplyError struct {
	Method, Path string

	Status      int
	ContentType string // such as text/html; "" if the answer named none
	// NotFromAPI says that the body is no JSON object, or no list where one was asked
	// for. Something in front of the API may have answered, such as a login page, and
	// it is not known whether the API has acted.
	NotFromAPI bool

	what string           // was asked for
	body apisecret.Secret // it may hold a secret in another form
}

func (e *ReplyError) Error() string {
	if e.NotFromAPI {
		return fmt.Sprintf("the answer %s (content type: %s) is not the %s that the API documents, so something in front of the API may have answered",
			statusText(e.Status), cmp.Or(e.ContentType, "none"), e.what)
	}
	return fmt.Sprintf("the API answered %d without a readable %s", e.Status, e.what)
}

// newReply takes out of an answer what is used of it. All of its texts go through
// clean.
func newReply(call call, resp *http.Response, body []byte, clean func(string) string) reply {
	r := reply{
		call:        call,
		status:      resp.StatusCode,
		contentType: mediaType(resp.Header.Get("Content-Type")),
		requestID:   func() string { return identifier(clean(resp.Header.Get(headerRequestID))) },
	}
	if resp.Header.Get("Age") == "" {
		r.date, _ = http.ParseTime(resp.Header.Get("Date"))
	}
	r.text, r.raw = decode(body)
	return r
}

// Where a line break is missing in a reply, the value of a header goes on with the
// body, and so perhaps with the new secret. So only what such a value is made of is
// taken out of a header.

// identifier is the identifier that a text begins with.
func identifier(text string) string {
	return leading(text[:min(len(text), 200)], "0123456789=;:.-")
}

// mediaType is a media type without its parameters; "" for what does not look like
// one.
func mediaType(header string) string {
	full, _, _ := strings.Cut(header, ";")
	full = strings.TrimSpace(full)
	kind, name, _ := strings.Cut(full, "/")
	if len(full) > 50 || kind == "" || name == "" || leading(kind, "") != kind || leading(name, ".+-") != name {
		return ""
	}
	return strings.ToLower(full)
}

// leading is the start of a text that consists of ASCII letters and of others.
func leading(text, others string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(others, r)
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

// decode decompresses a body and drops a byte order mark. Whether a body is
// compressed is seen from its first bytes: a header that says so can be wrong, and
// no JSON begins like that. If not all of it can be decompressed, raw is the body.
func decode(body []byte) (text, raw []byte) {
	text = body
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		var err error
		if text, err = gunzip(body); err != nil {
			raw = body
		}
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), raw
}

func gunzip(body []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return readBounded(reader)
}

// readBounded reads as much as a reply may have, and returns it also with an error.
func readBounded(from io.Reader) ([]byte, error) {
	read, err := io.ReadAll(io.LimitReader(from, maxReply+1))
	if len(read) > maxReply {
		return read[:maxReply], errTooLarge
	}
	return read, err
}
