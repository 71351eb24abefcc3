// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// integrator is what the configured provider gives to its resources and data
// sources.
type integrator struct {
	client  *client.Client // nil while settings are unknown
	unknown []string       // the settings that are unknown during this plan
	clock   func() time.Time
	secrets knownSecrets

	// applying is true when Terraform is known to be carrying out a plan. It asks
	// for the plan again then, and a warning of that plan would be shown twice.
	// OpenTofu never tells, so nothing else may depend on it.
	applying bool
}

// integratorFrom unpacks the data that Configure gave. Terraform also configures
// resources before their provider, to validate them: there is none then.
func integratorFrom(data any, diags *diag.Diagnostics) *integrator {
	if data == nil {
		return nil
	}
	integrator, ok := data.(*integrator)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("Got %T. This is a bug in the provider; please report it.", data))
	}
	return integrator
}
