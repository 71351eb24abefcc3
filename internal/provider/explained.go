// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// registry is where the provider's pages are, for each version.
const registry = "https://registry.terraform.io/providers/integrator/integrator/"

// explainedError is an error that ends with the address of its section of the guide
// "When things go wrong". The anchor is in the guide, before the section's heading. It
// is never renamed: people and runbooks keep the addresses that errors have shown.
func explainedError(anchor, summary, detail string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, paragraphs(detail, explanation(anchor)))
}

// explainedAttributeError is an explainedError about the attribute at a path.
func explainedAttributeError(at path.Path, anchor, summary, detail string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, summary, paragraphs(detail, explanation(anchor)))
}

// explanation is the address of a section, in the guide of the version that runs.
func explanation(anchor string) string {
	version := ""
	if build, ok := debug.ReadBuildInfo(); ok {
		version = build.Main.Version
	}
	return registry + published(version) + "/docs/guides/when-things-go-wrong#" + anchor
}

// published is the version under which the Registry has the pages. Go stamps a build
// with its tag, such as v0.1.0. The Registry has no pages of any other build, whose
// version is empty, (devel), or has the commit in it: the latest ones are nearest.
func published(version string) string {
	if regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(version) {
		return strings.TrimPrefix(version, "v")
	}
	return "latest"
}
