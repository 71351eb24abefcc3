// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

type vector struct {
	Name, Secret, Timestamp, Method, Path, Body, Payload, Signature string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/signature-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no vectors")
	}
	return all
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(v.Path)
			if err != nil {
				t.Fatal(err)
			}
			signed := payload(v.Timestamp, v.Method, canonicalTarget(u), []byte(v.Body))
			if signed != v.Payload {
				t.Errorf("payload\n%s, not\n%s", signed, v.Payload)
			}
			if got := sign(v.Secret, signed); got != v.Signature {
				t.Errorf("signature\n%s, not\n%s", got, v.Signature)
			}
		})
	}
}

func TestVectorsOverHTTP(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			ms, err := strconv.ParseInt(v.Timestamp, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			c := start(t, Options{Secret: v.Secret, Clock: func() time.Time { return time.UnixMilli(ms) }})
			r := c.request(v.Secret, v.Method, v.Path, v.Body)
			r.Header.Set("X-Timestamp", v.Timestamp)
			r.Header.Set("X-Signature", v.Signature)
			want := 404
			if strings.HasPrefix(v.Path, "/v1/integrator/") {
				want = 200
			}
			if a := c.do(r); a.status != want {
				t.Errorf("%d %s", a.status, a.body)
			}
			if got := c.last(); got.SignedWith != 0 {
				t.Errorf("signed with %d", got.SignedWith)
			}
		})
	}
}
