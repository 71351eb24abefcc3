// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The published test of a module passes with the mocked provider, which sends nothing
// and needs no settings. Without the published defaults it fails: what Terraform makes
// up is no time.
func TestMockedProvider(t *testing.T) {
	t.Parallel()
	published := publishedExamples(t)
	c := newCLI(t, emulator.Options{}, published["testing/main.tf"])
	c.env = nil
	write := func(tests string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(c.folder, "main.tftest.hcl"), []byte(tests), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := published["testing/main.tftest.hcl"]
	write(tests)
	if output := c.terraform(0, "test"); !strings.Contains(output, "1 passed, 0 failed") {
		t.Errorf("the tests printed\n%s", output)
	}

	times := regexp.MustCompile(`(?m)^ +next_rotation_at += ".*\n`)
	if !times.MatchString(tests) {
		t.Fatal("the published defaults have no time")
	}
	write(times.ReplaceAllString(tests, ""))
	c.terraform(1, "test")
	if sent := len(c.Requests()); sent > 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

// A mocked secret never rotates.
func TestMockedSecretStays(t *testing.T) {
	t.Parallel()
	const mocked = `mock_provider "integrator" {}
run "first" {
  variables {
    rotation = "1"
  }
}
run "second" {
  variables {
    rotation = "2"
    before   = run.first.api_secret # OpenTofu has no run in an assert
  }
  assert {
    condition     = output.api_secret == var.before
    error_message = "The secret has changed."
  }
}
`
	published := publishedExamples(t)
	c := newCLI(t, emulator.Options{}, published["resources/integrator_api_secret/resource.tf"]+`
		variable "before" {
			default = null
		}
	`)
	c.env = nil
	file := filepath.Join(c.folder, "main.tftest.hcl")
	if err := os.WriteFile(file, []byte(mocked), 0o600); err != nil {
		t.Fatal(err)
	}
	if output := c.terraform(0, "test"); !strings.Contains(output, "2 passed, 0 failed") {
		t.Errorf("the tests printed\n%s", output)
	}
}
