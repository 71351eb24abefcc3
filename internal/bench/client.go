// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// compareClient compares the client's Go benchmarks. It also describes the
// machine, with which they begin.
func compareClient(ctx context.Context, dir string, rounds int, benchtime string) (table, string, error) {
	binary := filepath.Join(dir, "client.test")
	if err := runGo(ctx, "test", "-c", "-o", binary, module+"/internal/client"); err != nil {
		return table{}, "", err
	}
	var last benchmarks
	benchmark := func(pattern string, names ...string) contender {
		return func(ctx context.Context) ([]float64, error) {
			output, err := run(ctx, dir, environment(), binary, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+benchtime)
			if err != nil {
				return nil, err
			}
			last = readBenchmarks(output)
			return last.pick(names...)
		}
	}
	medians, err := alternate(ctx, rounds,
		benchmark("^BenchmarkRoundTrip$/^client$", "RoundTrip/client ns/op"),
		benchmark("^BenchmarkRoundTrip$/^net/http$", "RoundTrip/net/http ns/op"),
		benchmark("^BenchmarkSign$", "Sign ns/op", "Sign allocs/op"))
	if err != nil {
		return table{}, "", err
	}
	const microsecond = 1000 // ns
	client := table{
		title: "The client",
		text: "A signed read on loopback, against `net/http` alone with the same request, signed once\n" +
			"and for all; neither keeps its connection. And signing one request.",
		columns: []string{"client", "net/http"},
		rows: []row{
			{what: "round trip", unit: "µs", values: []float64{medians[0][0] / microsecond, medians[1][0] / microsecond}, atMost: 1.10},
			{what: "signing", unit: "µs", values: []float64{medians[2][0] / microsecond}, atMost: 3},
			{what: "signing, allocations", values: []float64{medians[2][1]}, atMost: 12},
		},
	}
	machine := fmt.Sprintf("%s/%s, %d CPUs (%s), %s",
		last.facts["goos"], last.facts["goarch"], runtime.NumCPU(), cmp.Or(last.facts["cpu"], "unknown"), runtime.Version())
	return client, machine, nil
}

// benchmarks is what a run of Go benchmarks prints.
type benchmarks struct {
	facts  map[string]string  // of the machine
	values map[string]float64 // by name and unit
}

func readBenchmarks(output string) benchmarks {
	b := benchmarks{facts: map[string]string{}, values: map[string]float64{}}
	processors := regexp.MustCompile(`-\d+$`)
	for line := range strings.Lines(output) {
		if name, value, ok := strings.Cut(line, ": "); ok {
			b.facts[name] = strings.TrimSpace(value)
		}
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		name, ok := strings.CutPrefix(processors.ReplaceAllString(fields[0], ""), "Benchmark")
		for i := 3; ok && i < len(fields); i += 2 { // after the name and the count, pairs of value and unit
			b.values[name+" "+fields[i]], _ = strconv.ParseFloat(fields[i-1], 64)
		}
	}
	return b
}

// pick returns some values, all of which must be there.
func (b benchmarks) pick(names ...string) (values []float64, err error) {
	for _, name := range names {
		value, ok := b.values[name]
		if !ok {
			return nil, fmt.Errorf("the benchmarks of the client lack %s", name)
		}
		values = append(values, value)
	}
	return values, nil
}
