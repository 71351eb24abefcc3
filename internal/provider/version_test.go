// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// feature is something that came with some version of Terraform, and of
// OpenTofu, which has version numbers of its own; "" for one that never came.
type feature struct{ name, terraform, tofu string }

func ephemeralResources() feature { return feature{"ephemeral resources", "1.10", "1.11"} }

func writeOnlyArguments() feature { return feature{"write-only arguments", "1.11", "1.11"} }

func resourceIdentity() feature { return feature{"resource identity", "1.12", "1.12"} }

func queries() feature { return feature{"terraform query", "1.14", ""} }

// replacedByACreation is that replace_triggered_by also sees the creation of a
// resource that a refresh found gone.
func replacedByACreation() feature { return feature{"replacement by a creation", "", "1.12"} }

// wordOfApplying is that a provider is told when a plan is being carried out.
func wordOfApplying() feature { return feature{"word of applying", "1.9", ""} }

// needs skips a test of what the CLI does not have.
func needs(t *testing.T, f feature) {
	t.Helper()
	if reason := missing(t, f); reason != "" {
		t.Skip(reason)
	}
}

// missing says why the CLI does not have a feature, and nothing if it has it.
func missing(t *testing.T, f feature) string {
	t.Helper()
	terraform.Require(t)
	first := f.terraform
	if cliVersion.OpenTofu {
		first = f.tofu
	}
	switch {
	case first == "":
		return fmt.Sprintf("%s has no %s", cliVersion.Name(), f.name)
	case !cliVersion.AtLeast(first):
		return fmt.Sprintf("%s has %s from %s on, and this is %s", cliVersion.Name(), f.name, first, cliVersion.Number)
	}
	return ""
}
