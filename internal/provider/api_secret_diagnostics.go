// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

const getLiveSecret = "Get a live secret from the platform, set integrator_secret (INTEGRATOR_SECRET) to it and plan again"

// destroyAnyway goes with errors of a plan: Terraform first plans as usual when
// it is to destroy.
const destroyAnyway = "To destroy it all the same: terraform destroy -refresh=false."

// Planning.

// rotationWarnings are about a rotation that is planned, or may come of the plan.
func (r *apiSecretResource) rotationWarnings(ctx context.Context, config tfsdk.Config) (diags diag.Diagnostics) {
	attribute := path.Root("old_secret_valid_for_seconds")
	var grace types.Int64 // as configured: the plan holds the default already
	diags.Append(config.GetAttribute(ctx, attribute, &grace)...)
	if grace.IsNull() {
		diags.AddAttributeWarning(attribute, "The secret in use ends at once",
			"This plan rotates the API secret, and old_secret_valid_for_seconds is not set: with the API's default of 0 the old secret stops working the moment the new one is made.\n\n"+
				"Set old_secret_valid_for_seconds = 300 (up to 3600) to give its users that many seconds to switch, or = 0 to say that this is meant.")
	}
	if end := r.secrets.openWindow(r.clock()); !end.IsZero() {
		diags.AddAttributeWarning(attribute, "An older secret may end early",
			fmt.Sprintf("This plan rotates the API secret while the one before it is still valid, until %s: the API may end that one at once. "+
				"Apply later if anything may still be using it.", clockTime(end)))
	}
	return diags
}

// destroyWarning is about a planned destroy, unless the secret has a successor:
// then this is the end of a replacement.
func (r *apiSecretResource) destroyWarning(state *apiSecretModel) (diags diag.Diagnostics) {
	if r.secrets.succeeded(state.Fingerprint.ValueString()) {
		return nil
	}
	diags.AddWarning("The API secret stays valid",
		"Destroying integrator_api_secret forgets the secret and sends nothing: the API cannot delete a secret. "+
			"It stays valid until it is regenerated. Keep a copy if anything uses it: the API does not show it again.")
	return diags
}

func (r *apiSecretResource) rotationUnsigned(err error, recovered *recoveredSecret) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API accepts none of the secrets that could sign this rotation",
		paragraphs("Tried were those of the secret in state, the recovery file and integrator_secret that are there and could be opened. Nothing was changed.",
			whatHappened(err), r.sealed(recovered), getLiveSecret+". "+destroyAnyway))
}

func (r *apiSecretResource) creationUnsigned(err error, recovered *recoveredSecret) diag.Diagnostic {
	if !refused(err) {
		return diag.NewWarningDiagnostic("Whether the secret can be rotated could not be checked",
			paragraphs(whatHappened(err), remedy(err, r.client)))
	}
	return diag.NewWarningDiagnostic("The API does not accept integrator_secret",
		paragraphs("Applying this plan would fail: the request that makes a new secret is signed with the live one.", whatHappened(err), remedy(err, r.client), r.sealed(recovered)))
}

// sealed explains why a secret in state, or in the recovery folder, was not tried.
func (r *apiSecretResource) sealed(recovered *recoveredSecret) string {
	var text []string
	if r.secrets.sealed() {
		text = append(text, "The secret in state is encrypted and could not be opened, so it was not tried. Set the provider's identity (INTEGRATOR_IDENTITY) to a private key of one of its recipients.")
	}
	if recovered != nil && recovered.secret.IsZero() {
		text = append(text, fmt.Sprintf("The recovery file %s is encrypted and could not be opened, so it was not tried: it may hold the live secret. ", r.recovery.Path())+openRecovery(r.recovery.Path()))
	}
	return paragraphs(text...)
}

func openRecovery(file string) string {
	return "Set the provider's identity (INTEGRATOR_IDENTITY) to a private key of one of its recipients. Or open it yourself and set integrator_secret (INTEGRATOR_SECRET) to what this prints:\n\n" +
		fmt.Sprintf("  jq -r .encrypted_secret %s | age -d -i key.txt", file)
}

// recipientWarnings are about recipients in a plan that keeps the secret.
func recipientWarnings(action action, prior, plan *apiSecretModel) (diags diag.Diagnostics) {
	attribute := path.Root("recipients")
	switch {
	case action == actionEncrypt, action == actionKeep && !prior.Secret.IsNull() && plan.Recipients.IsUnknown():
		diags.AddAttributeWarning(attribute, "Older state versions still hold the secret in the clear",
			"This plan encrypts the secret in the new state. Backups and older versions of the state hold it in the clear until it is rotated: rotate it soon, or delete them.")
	case action == actionKeep && !prior.EncryptedSecret.IsNull() && !plan.Recipients.Equal(prior.Recipients):
		diags.AddAttributeWarning(attribute, "The recipients count from the next rotation",
			"The secret in state stays encrypted for the recipients that it was made for. Rotate it, for example with rotate_when_changed, to encrypt the new one for these.")
	}
	return diags
}

// Foreign states.

func (r *apiSecretResource) belongings(state *apiSecretModel, before lineage) string {
	key, endpoint := before.IntegratorKey, before.Endpoint
	if state != nil {
		key = state.IntegratorKey.ValueString()
	}
	text := fmt.Sprintf("The secret in state is that of integrator %s", key)
	if endpoint != "" {
		text += " at " + endpoint
	}
	return text + fmt.Sprintf("; the provider is configured for %s at %s.", r.client.IntegratorKey(), r.client.Endpoint())
}

const howToMove = "If the provider's settings are wrong, set them right. To move on purpose: terraform state rm <address>, then terraform import <address> %s. That adopts integrator_secret and rotates nothing."

func (r *apiSecretResource) foreignState(state *apiSecretModel, before lineage) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The secret belongs to another integrator or endpoint",
		paragraphs(r.belongings(state, before)+" It was neither checked nor changed.", fmt.Sprintf(howToMove, r.client.IntegratorKey())))
}

func (r *apiSecretResource) foreignRotation(state *apiSecretModel, before lineage) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The secret to be rotated belongs to another integrator or endpoint",
		paragraphs(r.belongings(state, before)+" Nothing was sent.", fmt.Sprintf(howToMove, r.client.IntegratorKey())+" "+destroyAnyway))
}

// Refresh.

func secretNotChecked(err error, api *client.Client) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Whether the API secret is still valid could not be checked",
		paragraphs("The state is kept as it is.", whatHappened(err), remedy(err, api)))
}

func anotherSecretAccepted(source string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The API accepts another secret beside the one in state",
		fmt.Sprintf("The secret in state is accepted, and so is the one from %s. The secret was rotated outside this state, and the one in state may be in the last minutes of its grace period. "+
			"Once it is refused, the next plan adopts the other one.", source))
}

// adoptionDue is about a state whose secret is refused while another is not. One
// that was imported has no secret yet.
func adoptionDue(state *apiSecretModel, source string) (diags diag.Diagnostics) {
	if !state.Fingerprint.IsNull() {
		diags.AddAttributeWarning(path.Root("secret"), "The API does not accept the secret in state, but another one",
			fmt.Sprintf("It refuses the secret in state and accepts the one from %s: the secret was rotated outside this state. "+
				"The next apply stores that one, without a rotation; if a rotation is planned, that one signs it.", source))
	}
	return diags
}

// allRefused is about a state whose secret is refused, with nothing to adopt.
func (r *apiSecretResource) allRefused(err error, onlySuperseded bool, recovered *recoveredSecret) (diags diag.Diagnostics) {
	reason := "Nor does it accept the others that are known here (integrator_secret, and the recovery file if there is one)."
	if onlySuperseded {
		reason = "integrator_secret is this one or an older one, which is never adopted. If the secret was rotated a moment ago, it may not have reached every server of the API yet: plan again in a minute."
	}
	happened := ""
	if !errors.Is(err, errNoSecret) {
		happened = whatHappened(err)
	}
	diags.AddAttributeWarning(path.Root("secret"), "The API does not accept the secret in state",
		paragraphs(reason, happened, r.clockDoubt(err), r.sealed(recovered), getLiveSecret+": it will be adopted, without a rotation. Until then the state is kept, and only a rotation is refused."))
	return diags
}

func identityDoesNotOpen() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("encrypted_secret"), "The provider's identity does not open the secret in state",
		"It is encrypted for other recipients, so it was not checked and cannot sign the next rotation. Set identity (INTEGRATOR_IDENTITY) to a private key of one of the recipients that it was made for.")
}

func adoptionImpossible() diag.Diagnostic {
	return diag.NewErrorDiagnostic("The secret to be adopted is gone",
		"The plan was to store the live secret that integrator_secret or the recovery file held, but neither holds it any more. Nothing was changed. Plan again.")
}

// Import.

// importOfAnother does not repeat what cannot be a key: it may be the secret.
func importOfAnother(key, providerKey string) diag.Diagnostic {
	named := fmt.Sprintf("The import names %q", key)
	if key == "" || checkKey(key) != nil {
		named = "The import does not name an integrator by its key"
	}
	return diag.NewErrorDiagnostic("Not the provider's integrator",
		fmt.Sprintf("%s, but the provider is configured for integrator %s. Import that one:\n\n  terraform import <address> %s", named, providerKey, providerKey))
}

func importUnchecked(err error, api *client.Client) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The secret cannot be imported",
		paragraphs("Importing adopts integrator_secret as it is, so the API has to accept it.", whatHappened(err), remedy(err, api)))
}
