// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"runtime"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// One round of everything, so that the next real run is known to work. The values
// mean nothing.
func TestMeasure(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no ps on Windows")
	}
	terraform.Require(t)
	report, err := measure(t.Context(), t.TempDir(), options{starts: 1, applies: 1, benchmarks: 1, benchtime: "1x"})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
	rows := 0
	for _, table := range report.tables {
		for _, row := range table.rows {
			rows++
			if n := len(row.values); n != 1 && n != len(table.columns) {
				t.Errorf("%s has %d values for %d columns", row.what, n, len(table.columns))
			}
			for _, value := range row.values {
				if value <= 0 {
					t.Errorf("%s took %g", row.what, value)
				}
			}
		}
	}
	if want := 8; rows != want {
		t.Errorf("%d things are measured, not %d", rows, want)
	}
}
