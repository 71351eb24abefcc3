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
	client      *client.Client   // nil while settings are unknown
	unknown     []string         // the settings that are unknown during this plan
	key         string           // of the integrator; "" while it is unknown
	endpoint    string           // base URL of the API; "" while it is unknown
	recovery    *recovery.Folder // nil for none
	ageIdentity envelope.AgeIdentity
	rotator     *rotation.Rotator
	clock       func() time.Time

	mayDefer    bool         // Terraform lets the provider defer changes
	refreshed   *atomic.Bool // Terraform has asked it to read a resource
	clockWarned atomic.Bool
}

// applying reports whether Terraform is known to be carrying out a plan. It lets a
// provider defer changes then, and in the plans of Terraform Stacks and those with
// -allow-deferral; but it never reads a resource while it applies. Not told apart
// are such plans that read none: creations, and those with -refresh=false.
//
// Terraform asks for the plan again during apply, and the warnings of that plan
// would be shown twice. OpenTofu and Terraform 1.8 never tell, so nothing may depend
// on the answer but warnings, and errors that stand in for an error of the apply.
func (i *integrator) applying() bool { return i.mayDefer && !i.refreshed.Load() }

// planning reports whether Terraform is known to be making a plan: a process that is
// asked to read a resource carries none out. A plan that begins with a creation looks
// like one that OpenTofu makes again during apply.
func (i *integrator) planning() bool { return i.refreshed.Load() }

// afterARotation is the guide about signing with the secret in state.
const afterARotation = registry + "latest/docs/guides/after-a-rotation"

// signedWith ends the descriptions of the types other than integrator_api_secret.
const signedWith = "Its requests are signed with the provider's `integrator_secret`, or with a newer secret made earlier in the same run: Terraform does not show it the state of other resources. A second provider block can [sign with the secret in the state](" + afterARotation + ")."

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
