// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"reflect"
	"testing"
	"time"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	first := c.Secret()
	second := c.Rotate(0)

	r := c.request(second, "GET", ProfilePath+"?a=1", "")
	r.Header.Set("X-Extra", "x")
	c.do(r)
	c.regenerate(first, `{"oldSecretValidForSeconds":1}`)
	c.regenerate(second, `{}`)
	c.profile("wrong")

	got := c.Requests()
	if len(got) != 4 {
		t.Fatalf("%d requests", len(got))
	}
	if got[0].Header.Get("X-Extra") != "x" || got[0].Timestamp != r.Header.Get("X-Timestamp") || got[0].Signature != r.Header.Get("X-Signature") {
		t.Errorf("recorded %+v", got[0])
	}
	for i := range got {
		got[i].Header, got[i].Timestamp, got[i].Signature = nil, "", ""
	}
	want := []Request{
		{Method: "GET", Path: ProfilePath + "?a=1", SignedWith: 1, Processed: true, Status: 200},
		{Method: "POST", Path: RegeneratePath, Body: `{"oldSecretValidForSeconds":1}`, SignedWith: 0, Status: 401, Problem: ProblemUnauthorized},
		{Method: "POST", Path: RegeneratePath, Body: `{}`, SignedWith: 1, Processed: true, Status: 200},
		{Method: "GET", Path: ProfilePath, SignedWith: -1, Status: 401, Problem: ProblemUnauthorized},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("recorded\n%+v, not\n%+v", got, want)
	}
}

func TestRequestsAreCopies(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.profile(c.Secret())
	got := c.Requests()
	got[0].Method = "PUT"
	got[0].Header.Set("X-Timestamp", "changed")
	if again := c.Requests(); again[0].Method != http.MethodGet || again[0].Header.Get("X-Timestamp") == "changed" {
		t.Error("the record was changed")
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.profile(c.Secret())
	c.do(c.request(c.Secret(), "GET", ProfilePath+"?a=1", ""))
	c.regenerate(c.Secret(), `{}`)
	for _, tt := range []struct {
		method, path string
		n            int
	}{
		{"", "", 3},
		{"GET", "", 2},
		{"", ProfilePath, 2},
		{"POST", RegeneratePath, 1},
		{"POST", ProfilePath, 0},
	} {
		if n := c.Count(tt.method, tt.path); n != tt.n {
			t.Errorf("%q %q: %d, not %d", tt.method, tt.path, n, tt.n)
		}
	}
}

func TestRecordOfARequestInProgress(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		c := start(t, Options{})
		reached, hold, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		c.Inject(Fault{AfterProcessing: after, Reached: reached, Hold: hold})
		r := c.request(c.Secret(), "POST", RegeneratePath, `{"oldSecretValidForSeconds":60}`)
		go func() {
			defer close(done)
			if a, err := c.try(r); err != nil || a.status != 200 {
				t.Errorf("%d %v", a.status, err)
			}
		}()
		<-reached
		if got := c.last(); got.Processed != after || got.Status != 0 {
			t.Errorf("after %t: held, recorded %+v", after, got)
		}
		c.clock.Advance(time.Second)
		close(hold)
		<-done
		if got := c.last(); !got.Processed || got.Status != 200 {
			t.Errorf("after %t: answered, recorded %+v", after, got)
		}
	}
}
