// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// TestReadBackoff asks how long reads would wait, since they wait on the real
// clock.
func TestReadBackoff(t *testing.T) {
	t.Parallel()
	c := New(Config{Clock: noon})
	transport := &transport{reply: reply{text: []byte(`{"retryAfter": 45}`)}}
	reader := c.reader(c.limits(), transport)
	for _, tt := range []struct {
		retry      int
		status     int
		retryAfter string
		want       time.Duration
	}{
		{0, 0, "", 1 * time.Second},
		{1, 0, "", 2 * time.Second},
		{0, 500, "soon", 1 * time.Second},
		{3, 500, "soon", 8 * time.Second},
		{60, 500, "soon", 30 * time.Second},
		{0, 500, "", 45 * time.Second}, // the problem document stands in for the header
		{0, 429, "60", 60 * time.Second},
		{0, 500, "60", 60 * time.Second},
		{0, 429, "0", 1 * time.Second},
		{3, 429, "1", 8 * time.Second},
		{0, 503, noon().Add(20 * time.Second).Format(http.TimeFormat), 20 * time.Second},
	} {
		t.Run(strconv.Itoa(tt.status)+" "+tt.retryAfter, func(t *testing.T) {
			t.Parallel()
			var resp *http.Response
			if tt.status != 0 {
				resp = &http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {tt.retryAfter}}}
			}
			if got := reader.Backoff(reader.RetryWaitMin, reader.RetryWaitMax, tt.retry, resp); got != tt.want {
				t.Errorf("waits %s, not %s", got, tt.want)
			}
		})
	}
}
