// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table compares the first of its columns with the second; the others are shown
// beside them.
type table struct {
	title   string
	text    string
	columns []string
	rows    []row
}

// row is a thing that is measured.
type row struct {
	what   string
	unit   string
	values []float64 // one a column; a thing that only the first does has one
	atMost float64   // what judged may be
}

// judged is the ratio, or the value where there is nothing to compare it with.
func (r row) judged() float64 {
	if len(r.values) == 1 {
		return r.values[0]
	}
	return r.values[0] / r.values[1]
}

func (r row) missed() bool { return r.judged() > r.atMost }

// add fills a column.
func (t *table) add(values []float64) {
	for i, value := range values {
		t.rows[i].values = append(t.rows[i].values, value)
	}
}

func (t *table) cells() [][]string {
	cells := [][]string{append(append([]string{""}, t.columns...), "ratio", "at most")}
	for _, row := range t.rows {
		line := []string{row.what}
		for _, value := range row.values {
			line = append(line, quantity(value, row.unit))
		}
		for range len(t.columns) - len(row.values) {
			line = append(line, "")
		}
		if len(row.values) == 1 {
			line = append(line, "", quantity(row.atMost, row.unit))
		} else {
			line = append(line, strconv.FormatFloat(row.judged(), 'f', 2, 64), strconv.FormatFloat(row.atMost, 'f', 2, 64))
		}
		if row.missed() {
			line[len(line)-1] += " (missed)"
		}
		cells = append(cells, line)
	}
	return cells
}

// String is the table in Markdown.
func (t *table) String() string { return align(t.cells()) }

// align makes a table in Markdown that can be read as it is. The first line is
// its head.
func align(cells [][]string) string {
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), len("--:"))
		}
	}
	var text strings.Builder
	for number, line := range cells {
		for i, cell := range line {
			if i == 0 {
				fmt.Fprintf(&text, "| %-*s", widths[i], cell)
			} else {
				fmt.Fprintf(&text, " | %*s", widths[i], cell)
			}
		}
		text.WriteString(" |\n")
		if number == 0 {
			for i, width := range widths {
				text.WriteString("| " + strings.Repeat("-", width-1) + map[bool]string{true: "- ", false: ": "}[i == 0])
			}
			text.WriteString("|\n")
		}
	}
	return text.String()
}

// quantity has three digits or so.
func quantity(value float64, unit string) string {
	decimals := 2
	switch {
	case unit == "" || value >= 100:
		decimals = 0
	case value >= 10:
		decimals = 1
	}
	return strings.TrimSpace(strconv.FormatFloat(value, 'f', decimals, 64) + " " + unit)
}
