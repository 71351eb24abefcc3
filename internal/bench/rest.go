// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// share is what a package adds to a provider.
type share struct {
	code           float64 // and data, in KiB of the binary
	initialization float64 // in µs before main
	heap           float64 // in KiB, allocated before main
}

// findRest says on what this provider spends what the floor does not: the
// packages that add the most, after the sum of all.
func findRest(ctx context.Context, dir string, providers []provider, rounds int) (string, error) {
	var shares [2]map[string]share
	for i, pkg := range []string{module, module + "/internal/bench/floor"} {
		unstripped := filepath.Join(dir, "unstripped")
		if err := runGo(ctx, "build", "-buildvcs=false", "-trimpath", "-o", unstripped, pkg); err != nil {
			return "", err
		}
		symbols, err := run(ctx, dir, environment(), "go", "tool", "nm", "-size", unstripped)
		if err != nil {
			return "", err
		}
		shares[i] = map[string]share{}
		addCode(shares[i], symbols)
		var traces []string
		for range rounds {
			traces = append(traces, traceInit(ctx, providers[i].binary))
		}
		addInitialization(shares[i], traces)
	}
	ours, floor := shares[0], shares[1]
	for pkg, share := range ours {
		share.code -= floor[pkg].code
		if floor[pkg].heap > 0 || floor[pkg].initialization > 0 {
			share.initialization, share.heap = 0, 0 // what differs is chance
		}
		ours[pkg] = share
	}
	return describeRest(ours), nil
}

// addCode adds up the symbols that "go tool nm -size" lists as address, size,
// type and name.
func addCode(shares map[string]share, symbols string) {
	for line := range strings.Lines(symbols) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.ContainsAny(fields[2], "Bb") { // no bytes in the file
			continue
		}
		size, _ := strconv.ParseFloat(fields[1], 64)
		pkg := packageOf(fields[3])
		share := shares[pkg]
		share.code += size / 1024
		shares[pkg] = share
	}
}

// packageOf is the package of a symbol such as "example.com/a.(*T).M"; types and
// tables, which the linker makes for all of them, are one more.
func packageOf(symbol string) string {
	if strings.HasPrefix(symbol, "type:") || strings.HasPrefix(symbol, "go:") {
		return "types and tables"
	}
	name, _, _ := strings.Cut(symbol, "[")
	name, _, _ = strings.Cut(name, "(")
	slash := strings.LastIndex(name, "/") + 1
	element, _, _ := strings.Cut(name[slash:], ".")
	return name[:slash] + element
}

// traceInit runs a provider, which sees that no Terraform has started it and
// ends, and returns what Go's runtime says of its packages' initialization.
func traceInit(ctx context.Context, binary string) string {
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = append(environment(), "GODEBUG=inittrace=1")
	output, _ := cmd.CombinedOutput() // it fails
	return string(output)
}

// addInitialization takes the medians of lines such as
// "init some/package @1.0 ms, 0.05 ms clock, 1232 bytes, 10 allocs".
func addInitialization(shares map[string]share, traces []string) {
	times, heap := map[string][]float64{}, map[string]float64{}
	for _, trace := range traces {
		for line := range strings.Lines(trace) {
			fields := strings.Fields(line)
			if len(fields) < 8 || fields[0] != "init" {
				continue
			}
			milliseconds, _ := strconv.ParseFloat(fields[4], 64)
			bytes, _ := strconv.ParseFloat(fields[7], 64)
			times[fields[1]] = append(times[fields[1]], milliseconds*1000)
			heap[fields[1]] = bytes / 1024
		}
	}
	for pkg := range times {
		share := shares[pkg]
		share.initialization, share.heap = median(times[pkg]), heap[pkg]
		shares[pkg] = share
	}
}

func describeRest(shares map[string]share) string {
	var sum share
	for _, share := range shares {
		sum.code += share.code
		sum.initialization += share.initialization
		sum.heap += share.heap
	}
	most := func(number int, of func(share) float64) []string {
		pkgs := slices.SortedFunc(maps.Keys(shares), func(a, b string) int {
			return cmp.Or(cmp.Compare(of(shares[b]), of(shares[a])), cmp.Compare(a, b))
		})
		return pkgs[:min(number, len(pkgs))]
	}
	listed := most(10, func(s share) float64 { return s.code })
	for _, pkg := range most(5, func(s share) float64 { return s.initialization }) {
		if !slices.Contains(listed, pkg) {
			listed = append(listed, pkg)
		}
	}
	lines := [][]string{{"", "code and data", "initialization", "heap by then"}, describeShare("all packages", sum)}
	for _, pkg := range listed {
		lines = append(lines, describeShare("`"+strings.TrimPrefix(pkg, module+"/")+"`", shares[pkg]))
	}
	return "## What the rest is spent on\n\n" +
		"What this provider has beyond the floor: the packages that add the most to the binary,\n" +
		"and those whose initialization, before `main`, adds the most to a start. The runtime's\n" +
		"tables about this code come on top of it.\n\n" + align(lines)
}

func describeShare(name string, share share) []string {
	return []string{name, fmt.Sprintf("%.0f KiB", share.code), fmt.Sprintf("%.0f µs", share.initialization), fmt.Sprintf("%.1f KiB", share.heap)}
}
