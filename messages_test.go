// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMessagesAreShown looks for each of the provider's messages in the file where
// they can be read as people read them.
func TestMessagesAreShown(t *testing.T) {
	t.Parallel()
	const file = "internal/provider/testdata/messages.txt"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n")
	bugs := []string{ // in the provider: nothing that happens outside brings them about
		"Unexpected provider data", "Unexpected event", "Unreadable private state", "Unwritable private state",
	}
	said := summaries(t)
	for _, summary := range said {
		shown := slices.Contains(lines, "Error: "+summary) || slices.Contains(lines, "Warning: "+summary)
		switch bug := slices.Contains(bugs, summary); {
		case bug && shown:
			t.Errorf("%q is no bug of the provider: %s shows what brings it about", summary, file)
		case !bug && !shown:
			t.Errorf("%q is not in %s: add what brings it about to internal/provider/messages_*_test.go, and type: "+
				"go test ./internal/provider -run '^TestMessages$' -update", summary, file)
		}
	}
	for _, bug := range bugs {
		if !slices.Contains(said, bug) {
			t.Errorf("the provider never says %q", bug)
		}
	}
}
