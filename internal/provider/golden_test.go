// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "accept the present shape of the schema, and the present messages")

// compareGolden compares a text with a file. With -update, the file takes the text.
func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(golden(t, file), got); diff != "" {
		t.Errorf("internal/provider/%s is out of date. This accepts the difference:\n\n"+
			"go test ./internal/provider -run '^%s$' -update\n\n%s", filepath.ToSlash(file), t.Name(), diff)
	}
}

// golden reads a file that git may have given the line ends of Windows.
func golden(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}
