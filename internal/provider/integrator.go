// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// integrator is what the configured provider gives to its resources, ephemeral
// resources and data sources.
type integrator struct {
	client   *client.Client  // nil while settings are unknown
	unknown  []string        // the settings that are unknown during this plan
	recovery *recovery.Store // nil without recovery_dir
	identity envelope.AgeIdentity

	clock          func() time.Time
	beginRotation  func() (done func())
	skipValidation bool

	// applying is true when Terraform is known to be carrying out a plan. It asks
	// for the plan again then, and what that plan says would be said twice.
	// OpenTofu and Terraform 1.8 never tell, so nothing may depend on it but
	// warnings and the errors that stand in for an error of the apply.
	applying bool

	secrets  secretChain
	rotating sync.Mutex // one rotation at a time, and the second is refused

	clockWarned atomic.Bool
}

// signedWith ends the descriptions of the types other than integrator_api_secret.
const signedWith = "Its requests are signed with the provider's `integrator_secret`, or with a newer secret made earlier in the same run: Terraform does not show it the state of other resources."

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

// open returns a stored secret, given in the clear or as ciphertext. The
// configured secret stands in for a ciphertext of the same fingerprint; of one
// that cannot be opened, the zero Secret is all there is.
func (i *integrator) open(plaintext, ciphertext, fingerprint string) apisecret.Secret {
	if plaintext != "" {
		return apisecret.New(plaintext)
	}
	if ciphertext == "" {
		return apisecret.Secret{}
	}
	if opened, err := i.identity.Open(ciphertext); err == nil {
		return apisecret.New(opened)
	}
	if i.client != nil && i.client.ConfiguredSecret().Fingerprint() == fingerprint {
		return i.client.ConfiguredSecret()
	}
	return apisecret.Secret{}
}

// recoveredSecret is what the recovery folder holds.
type recoveredSecret struct {
	*recovery.Entry
	secret apisecret.Secret // zero if it cannot be opened
}

// loadRecovery returns what is in the recovery folder, nil for nothing. What is
// wrong there is a warning: it must not block anything.
func (i *integrator) loadRecovery(diags *diag.Diagnostics) *recoveredSecret {
	if i.recovery == nil {
		return nil
	}
	entry, err := i.recovery.Load()
	if err != nil {
		diags.Append(recoveryUnreadable(i.recovery.Path(), err))
	}
	if entry == nil {
		return nil
	}
	return &recoveredSecret{entry, i.open(entry.Secret, entry.EncryptedSecret, entry.Fingerprint)}
}

// saveRecovery puts an entry into the recovery folder, if there is one.
func (i *integrator) saveRecovery(save func(*recovery.Store) error, diags *diag.Diagnostics) {
	if i.recovery == nil {
		return
	}
	if err := save(i.recovery); err != nil {
		diags.Append(recoveryUnwritable(i.recovery.Path(), err))
	}
}
