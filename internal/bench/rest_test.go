// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"testing"
)

func TestShares(t *testing.T) {
	t.Parallel()
	shares := map[string]share{}
	addCode(shares, `
  a1b000       2048 T net/http.(*Client).Do
  a1b800       1024 t net/http.init.0
  a1bc00        512 R gopkg.in/some%2ething.Table
  a1be00        512 R slices.Sort[go.shape.string,example.com/a/b.T]
  a1c000       4096 R type:*example.com/a.T
  a1d000       8192 B runtime.zeros
                    U runtime.undefined
`)
	addInitialization(shares, []string{
		"init net/http @1.0 ms, 0.010 ms clock, 2048 bytes, 10 allocs\ninit os @1.1 ms, 0.005 ms clock, 0 bytes, 0 allocs\nThis binary is a plugin.\n",
		"init net/http @1.0 ms, 0.030 ms clock, 2048 bytes, 10 allocs\n",
		"init net/http @1.0 ms, 9 ms clock, 2048 bytes, 10 allocs\n",
	})
	if want := map[string]share{
		"net/http":              {code: 3, initialization: 30, heap: 2},
		"gopkg.in/some%2ething": {code: 0.5},
		"slices":                {code: 0.5},
		"types and tables":      {code: 4},
		"os":                    {initialization: 5},
	}; !maps.Equal(shares, want) {
		t.Errorf("the shares are %v, want %v", shares, want)
	}
}
