// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestReadBenchmark(t *testing.T) {
	t.Parallel()
	const output = `goos: linux
goarch: amd64
cpu: A CPU   
BenchmarkRoundTrip/net/http-2   	   17304	     68310.5 ns/op	     913 B/op	      12 allocs/op
PASS
`
	result, err := readBenchmark(output)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pick(result, "allocs/op", "sec/op")
	if got := fmt.Sprintf("%.6g", values); err != nil || got != "[12 6.83105e-05]" {
		t.Errorf("the values are %s, %v", got, err)
	}
	if _, err := pick(result, "sec/op", "MB/s"); err == nil {
		t.Error("what is not there is picked")
	}
	if machine := describeMachine(result); !strings.HasPrefix(machine, "linux/amd64, ") ||
		!strings.HasSuffix(machine, " CPUs (A CPU), "+runtime.Version()) {
		t.Errorf("the machine is %s", machine)
	}
	for name, output := range map[string]string{
		"no result":        "goos: linux\nPASS\n",
		"two results":      output + output,
		"something broken": "BenchmarkSign 17304 68310.5\n",
	} {
		if result, err := readBenchmark(output); err == nil {
			t.Errorf("%s is read as %v", name, result)
		}
	}
}
