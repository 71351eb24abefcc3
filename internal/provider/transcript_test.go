// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// The guide to rotations shows output of Terraform. It is what Terraform prints for
// the published example, except for values that differ from run to run.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	skipOtherWording(t)
	const example, guide = "resources/integrator_api_secret/resource.tf", "../../templates/guides/zero-downtime-rotation.md.tmpl"
	config := publishedExamples(t)[example]
	c := newCLI(t, emulator.Options{Key: "int_1a2b3c"}, config)
	c.terraform(0, "apply", "-auto-approve")
	printed := []string{
		c.terraform(0, "plan", "-var=rotation=2"),
		c.terraform(0, "apply", "-auto-approve", "-var=rotation=2"),
		c.terraform(0, "plan", "-var=rotation=2"),
	}
	c.write(strings.Replace(config, "= 300", "= 600", 1))
	printed = append(printed, c.terraform(0, "plan", "-var=rotation=2"))

	shown := transcripts(t, guide)
	if len(shown) != len(printed) {
		t.Fatalf("%s shows %d outputs, not %d", guide, len(shown), len(printed))
	}
	for i, block := range shown {
		rest := maskedLines(printed[i])
		for _, line := range maskedLines(block) {
			if line == "" || line == "…" || strings.HasPrefix(line, "$ ") {
				continue
			}
			at := slices.Index(rest, line)
			if at < 0 {
				t.Errorf("output %d of %s: %q is not printed, or not there:\n%s", i+1, guide, line, printed[i])
				break
			}
			rest = rest[at+1:]
		}
	}
}

// transcripts are the outputs that a page shows.
func transcripts(t *testing.T, page string) (shown []string) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	for _, match := range regexp.MustCompile("(?ms)^```text\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		shown = append(shown, match[1])
	}
	return shown
}

// maskedLines are lines without times, fingerprints, versions and durations.
func maskedLines(text string) []string {
	varies := regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z|"[0-9a-f]{16}"|\b\d{10}\b|\b\d+s\b`)
	return strings.Split(varies.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "?"), "\n")
}

// skipOtherWording skips a test of words that are those of Terraform 1.11 and later.
func skipOtherWording(t *testing.T) {
	t.Helper()
	terraform.Require(t)
	if cliVersion.OpenTofu {
		t.Skip("OpenTofu words its output differently")
	}
	needs(t, feature{"the wording shown", "1.11", ""})
}
