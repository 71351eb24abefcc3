// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// The headers that authenticate a request.
const (
	headerKey       = "X-Integrator-Key"
	headerTimestamp = "X-Timestamp"
	headerSignature = "X-Signature"
)

// signature returns the value of X-Signature: "sha256=" and the lower-case hex
// HMAC-SHA256 of timestamp.METHOD.path.bodyHash. The timestamp is in Unix
// milliseconds; the body hash is empty where there is no body.
func signature(secret apisecret.Secret, timestamp, method, path string, body []byte) string {
	payload := make([]byte, 0, 256) // large enough for every request, so that append allocates no more
	for _, part := range []string{timestamp, method, path} {
		payload = append(append(payload, part...), '.')
	}
	if len(body) > 0 {
		sum := sha256.Sum256(body)
		payload = hex.AppendEncode(payload, sum[:])
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write(payload)
	header := append(make([]byte, 0, 80), "sha256="...)
	return string(hex.AppendEncode(header, mac.Sum(payload[:0])))
}

// signedPath is the path as the API signs it: the query sorted by key, each
// part encoded as JavaScript's encodeURIComponent does.
func signedPath(u *url.URL) string {
	if u.RawQuery == "" {
		return u.EscapedPath()
	}
	asURIComponent := strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")
	return u.EscapedPath() + "?" + asURIComponent.Replace(u.Query().Encode())
}

// sign stamps the request with the time and signs it.
func sign(req *http.Request, key string, secret apisecret.Secret, now time.Time, body []byte) {
	timestamp := strconv.FormatInt(now.UnixMilli(), 10)
	req.Header.Set(headerKey, key)
	req.Header.Set(headerTimestamp, timestamp)
	req.Header.Set(headerSignature, signature(secret, timestamp, req.Method, signedPath(req.URL), body))
}
