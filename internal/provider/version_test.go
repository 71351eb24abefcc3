// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// The CLIs that a test needs: Terraform or OpenTofu of a version, or later.
// OpenTofu has version numbers of its own.

func ephemeralResources() tfversion.TerraformVersionCheck { return skipBelow("1.10.0", "1.11.0") }

func writeOnlyArguments() tfversion.TerraformVersionCheck { return skipBelow("1.11.0", "1.11.0") }

func resourceIdentity() tfversion.TerraformVersionCheck { return skipBelow("1.12.0", "1.12.0") }

func skipBelow(terraform, tofu string) tfversion.TerraformVersionCheck {
	if openTofu() {
		return tfversion.SkipBelow(version.Must(version.NewVersion(tofu)))
	}
	return tfversion.SkipBelow(version.Must(version.NewVersion(terraform)))
}
