// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"slices"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	r := report{machine: "a machine", tables: []table{{
		title:   "Title",
		text:    "Text.",
		columns: []string{"this", "that", "other"},
		rows: []row{
			{what: "good", unit: "ms", values: []float64{110, 100, 7.777}, atMost: 1.10},
			{what: "bad", unit: "µs", values: []float64{11.5, 10, 12.345}, atMost: 1.10},
			{what: "good alone", unit: "µs", values: []float64{3}, atMost: 3},
			{what: "bad alone", values: []float64{13}, atMost: 12},
		},
	}}}
	const want = `# Benchmarks

Made by ` + "`go run ./internal/bench -write BENCHMARKS.md`" + `, and not by hand. Medians of runs
that alternate, on a machine.
A ratio is the first column to the second.

## Title

Text.

| | this | that | other | ratio | at most |
| --- | --: | --: | --: | --: | --: |
| good | 110 ms | 100 ms | 7.78 ms | 1.10 | 1.10 |
| bad | 11.5 µs | 10.0 µs | 12.3 µs | 1.15 | 1.10 (missed) |
| good alone | 3.00 µs | | | | 3.00 µs |
| bad alone | 13 | | | | 12 (missed) |
`
	if got := r.String(); got != want {
		t.Errorf("the report is\n%s\nwant\n%s", got, want)
	}
	if got := r.missed(); !slices.Equal(got, []string{"bad", "bad alone"}) {
		t.Errorf("missed: %v", got)
	}
}
