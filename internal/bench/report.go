// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import "strings"

// report is all that was measured.
type report struct {
	machine string
	tables  []table
}

// String is the report in Markdown.
func (r *report) String() string {
	var text strings.Builder
	text.WriteString("# Benchmarks\n\n" +
		"Made by `go run ./internal/bench -write BENCHMARKS.md`, and not by hand. Medians of runs\n" +
		"that alternate, on " + r.machine + ".\n" +
		"A ratio is the first column to the second.\n")
	for _, table := range r.tables {
		text.WriteString("\n## " + table.title + "\n\n" + table.text + "\n\n" + table.String())
	}
	return text.String()
}

// missed names the rows that are beyond their bounds.
func (r *report) missed() (missed []string) {
	for _, table := range r.tables {
		for _, row := range table.rows {
			if row.missed() {
				missed = append(missed, row.what)
			}
		}
	}
	return missed
}
