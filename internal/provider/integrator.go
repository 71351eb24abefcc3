// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// integrator is what the configured provider gives to its resources, ephemeral
// resources and data sources.
type integrator struct {
	client   *client.Client  // nil while settings are unknown
	unknown  []string        // the settings that are unknown during this plan
	recovery *recovery.Store // nil without recovery_dir

	clock          func() time.Time
	beginRotation  func() (done func())
	skipValidation bool

	// applying is true when Terraform is known to be carrying out a plan. It asks
	// for the plan again then, and what that plan says would be said twice.
	// OpenTofu never tells, so nothing may depend on it but warnings and the
	// errors that stand in for an error of the apply.
	applying bool

	secrets  secretChain
	rotating sync.Mutex // one rotation at a time, and the second is refused

	clockWarned atomic.Bool
}

// signedWith ends the descriptions of the types other than integrator_api_secret.
const signedWith = "Requests are signed with the provider's `integrator_secret`, or with a newer secret made earlier in the same run."

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
