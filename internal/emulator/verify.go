// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	keyHeader       = "X-Integrator-Key"
	timestampHeader = "X-Timestamp"
	signatureHeader = "X-Signature"

	clockTolerance = 300 * time.Second
)

// authenticate reports whether a request is allowed that is signed with the secret of
// this number. It answers the request if not. The server must be locked.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, signer int) bool {
	bearer := sole(r.Header, "Authorization")
	switch {
	case s.options.BearerRequired && !strings.HasPrefix(bearer, "Bearer "):
		refuse(w, http.StatusUnauthorized, ProblemUnauthorized, "bearer-token-required", "Bearer token required",
			map[string]any{"realm": "API", "scope": "read:users"})
	case sole(r.Header, keyHeader) != s.options.Key:
		unauthorized(w, ProblemUnauthorized, "unknown-key", "The integrator key is missing or unknown.")
	case !timely(sole(r.Header, timestampHeader), s.now()):
		unauthorized(w, ProblemUnauthorized, "invalid-timestamp", "The timestamp is missing, malformed or too far from the server's clock.")
	case !s.accepts(signer):
		unauthorized(w, ProblemUnauthorized, "invalid-signature", "The signature is missing or matches no valid secret.")
	case s.options.OldSecretCannotRegenerate && r.URL.Path == RegeneratePath && signer != s.newest():
		unauthorized(w, ProblemUnauthorized, "secret-replaced", "A secret that has been replaced cannot regenerate it.")
	case s.options.UserAPIKey != "" && !hmac.Equal([]byte(bearer), []byte("Bearer "+s.options.UserAPIKey)):
		unauthorized(w, ProblemInvalidToken, "invalid-token", "The bearer token is missing or incorrect.")
	default:
		return true
	}
	return false
}

// signer returns the number of the secret that signed the request, or -1. For the
// record, it looks at secrets too that are not valid any more. The server must be
// locked.
func (s *Server) signer(r *http.Request, body []byte) int {
	timestamp, signature := sole(r.Header, timestampHeader), sole(r.Header, signatureHeader)
	signed := payload(timestamp, r.Method, canonicalTarget(r.URL), body)
	return slices.IndexFunc(s.secrets, func(x secret) bool {
		return hmac.Equal([]byte(signature), []byte(sign(x.value, signed)))
	})
}

// sole returns the value of a header, or "" if the header is there more than once.
func sole(header http.Header, name string) string {
	if values := header.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// timely reports whether a timestamp is a decimal number of milliseconds, and close
// enough to now.
func timely(timestamp string, now time.Time) bool {
	// ParseUint accepts no sign. UnixMilli takes 63 bits.
	ms, err := strconv.ParseUint(timestamp, 10, 63)
	if err != nil {
		return false
	}
	off := now.UnixMilli() - int64(ms)
	return max(off, -off) <= clockTolerance.Milliseconds()
}

// payload returns the text that is signed.
func payload(timestamp, method, target string, body []byte) string {
	bodyHash := ""
	if len(body) > 0 { // without a body, no hash is signed
		sum := sha256.Sum256(body)
		bodyHash = hex.EncodeToString(sum[:])
	}
	return timestamp + "." + method + "." + target + "." + bodyHash
}

// sign returns the signature of a payload, as it is written in the header.
func sign(secret, payload string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(payload))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// canonicalTarget returns the path and the query as they are signed. The order and
// the encoding in which the query was sent do not matter.
func canonicalTarget(u *url.URL) string {
	query := u.Query()
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[key] {
			pairs = append(pairs, encodeURIComponent(key)+"="+encodeURIComponent(value))
		}
	}
	if len(pairs) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + strings.Join(pairs, "&")
}

// encodeURIComponent escapes like the JavaScript function of the same name.
func encodeURIComponent(s string) string {
	return strings.NewReplacer(
		"+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*",
	).Replace(url.QueryEscape(s))
}
