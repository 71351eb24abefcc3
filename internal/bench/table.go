// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// table compares its first column with the second one. The other columns are only
// shown.
type table struct {
	title   string
	text    string
	columns []string
	rows    []row
}

// row is one thing that is measured.
type row struct {
	what   string
	unit   string
	values []float64 // one for each column, or only one if there is nothing to compare it with
	atMost float64   // the bound of judged
}

// judged is the ratio, or the value if there is nothing to compare it with.
func (r row) judged() float64 {
	if len(r.values) == 1 {
		return r.values[0]
	}
	return r.values[0] / r.values[1]
}

func (r row) missed() bool { return r.judged() > r.atMost }

// add adds a column.
func (t *table) add(values []float64) {
	for i, value := range values {
		t.rows[i].values = append(t.rows[i].values, value)
	}
}

// String is the table in Markdown.
func (t *table) String() string {
	text := line(append(append([]string{""}, t.columns...), "ratio", "at most"))
	text += "| --- |" + strings.Repeat(" --: |", len(t.columns)+2) + "\n"
	for _, row := range t.rows {
		text += line(append([]string{row.what}, row.cells(len(t.columns))...))
	}
	return text
}

// cells are the values, then the ratio and the bound.
func (r row) cells(columns int) (cells []string) {
	for _, value := range r.values {
		cells = append(cells, quantity(value, r.unit))
	}
	for range columns - len(r.values) {
		cells = append(cells, "")
	}
	ratio, atMost := "", quantity(r.atMost, r.unit)
	if len(r.values) > 1 {
		ratio, atMost = fmt.Sprintf("%.2f", r.judged()), fmt.Sprintf("%.2f", r.atMost)
	}
	if r.missed() {
		atMost += " (missed)"
	}
	return append(cells, ratio, atMost)
}

// line is one line of a table in Markdown.
func line(cells []string) string {
	text := "|"
	for _, cell := range cells {
		text += strings.TrimRight(" "+cell, " ") + " |"
	}
	return text + "\n"
}

// quantity is a value with about three digits, and its unit.
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
