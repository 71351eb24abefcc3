// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// integrator is what the configured provider gives to its resources, ephemeral
// resources and data sources.
type integrator struct {
	client      *client.Client  // nil while settings are unknown
	unknown     []string        // the settings that are unknown during this plan
	recovery    *recovery.Store // nil without recovery_dir
	ageIdentity envelope.AgeIdentity
	rotator     *rotation.Rotator
	clock       func() time.Time
	applying    bool // see carriesOutPlan

	clockWarned atomic.Bool
}

// signedWith ends the descriptions of the types other than integrator_api_secret.
const signedWith = "Its requests are signed with the provider's `integrator_secret`, or with a newer secret made earlier in the same run: Terraform does not show it the state of other resources. A second provider block can [sign with the secret in the state](https://registry.terraform.io/providers/integrator/integrator/latest/docs/guides/after-a-rotation)."

// integratorFrom unpacks the data that Configure gave. Terraform also configures
// resources before their provider, to validate them: there is none then.
func integratorFrom(data any, diags *diag.Diagnostics) *integrator {
	if data == nil {
		return nil
	}
	integrator, ok := data.(*integrator)
	if !ok {
		diags.Append(unexpectedProviderData(data))
	}
	return integrator
}
