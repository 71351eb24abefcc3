// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// compareClient compares the Go benchmarks of the client. It also returns a
// description of the machine, which the output of each benchmark begins with.
func compareClient(ctx context.Context, folder string, rounds int, benchtime string) (table, string, error) {
	binary := filepath.Join(folder, "client.test")
	if err := terraform.BuildTests(ctx, binary, terraform.Module+"/internal/client"); err != nil {
		return table{}, "", err
	}
	var machine string
	benchmark := func(pattern string, units ...string) contender {
		return func(ctx context.Context) ([]float64, error) {
			cmd := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+benchtime)
			cmd.Env = terraform.Environment()
			output, err := terraform.Output(cmd)
			if err != nil {
				return nil, err
			}
			result, err := readBenchmark(output)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", pattern, err)
			}
			machine = describeMachine(result)
			return pick(result, units...)
		}
	}
	const seconds, allocations = "sec/op", "allocs/op" // benchfmt makes seconds of nanoseconds
	medians, err := alternate(ctx, rounds,
		benchmark("^BenchmarkRoundTrip$/^client$", seconds),
		benchmark("^BenchmarkRoundTrip$/^net/http$", seconds),
		benchmark("^BenchmarkSign$", seconds, allocations))
	if err != nil {
		return table{}, "", err
	}
	const microseconds = 1e6 // in a second
	client := table{
		title: "The client",
		text: "A signed read on loopback, compared with `net/http` alone, which sends the same request\n" +
			"with a signature made before. Both open a connection for each request. And the signing of\n" +
			"one request.",
		columns: []string{"client", "net/http"},
		rows: []row{
			{what: "round trip", unit: "µs", values: []float64{medians[0][0] * microseconds, medians[1][0] * microseconds}, atMost: 1.10},
			{what: "signing", unit: "µs", values: []float64{medians[2][0] * microseconds}, atMost: 3},
			{what: "signing, allocations", values: []float64{medians[2][1]}, atMost: 12},
		},
	}
	return client, machine, nil
}

// readBenchmark returns the one result in what a Go benchmark printed.
func readBenchmark(output string) (*benchfmt.Result, error) {
	var results []*benchfmt.Result
	reader := benchfmt.NewReader(strings.NewReader(output), "")
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			results = append(results, record.Clone()) // the reader writes the next one into this one
		case *benchfmt.SyntaxError:
			return nil, record
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(results) != 1 {
		return nil, fmt.Errorf("there are %d results, not one, in:\n%s", len(results), output)
	}
	return results[0], nil
}

// pick returns the values of some units, all of which must be there.
func pick(result *benchfmt.Result, units ...string) (values []float64, err error) {
	for _, unit := range units {
		value, ok := result.Value(unit)
		if !ok {
			err = errors.Join(err, fmt.Errorf("benchmark %s has no %s", result.Name, unit))
		}
		values = append(values, value)
	}
	return values, err
}

func describeMachine(result *benchfmt.Result) string {
	return fmt.Sprintf("%s/%s, %d CPUs (%s), %s", result.GetConfig("goos"), result.GetConfig("goarch"),
		runtime.NumCPU(), cmp.Or(strings.TrimSpace(result.GetConfig("cpu")), "unknown"), runtime.Version())
}
