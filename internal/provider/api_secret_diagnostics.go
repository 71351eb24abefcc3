// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

const getLiveSecret = "Get a live secret from the platform, set integrator_secret (INTEGRATOR_SECRET) to it and plan again"

// destroyAnyway goes with errors of a plan: Terraform first plans as usual when
// it is to destroy.
const destroyAnyway = "To destroy it all the same: terraform destroy -refresh=false."

// Planning.

// rotationWarnings are about a planned rotation.
func (r *apiSecretResource) rotationWarnings(grace types.Int64) (diags diag.Diagnostics) {
	attribute := path.Root("old_secret_valid_for_seconds")
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

func (r *apiSecretResource) rotationUnsigned(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API accepts none of the secrets that could sign this rotation",
		paragraphs("Tried were the secret in state, the recovery file if there is one, and integrator_secret. Nothing was changed.",
			whatHappened(err), r.sealedState(), getLiveSecret+". "+destroyAnyway))
}

func (r *apiSecretResource) creationUnsigned(err error) diag.Diagnostic {
	if !refused(err) {
		return diag.NewWarningDiagnostic("Whether the secret can be rotated could not be checked",
			paragraphs(whatHappened(err), remedy(err, r.client)))
	}
	return diag.NewWarningDiagnostic("The API does not accept integrator_secret",
		paragraphs("Applying this plan would fail: the request that makes a new secret is signed with the live one.", whatHappened(err), remedy(err, r.client)))
}

// sealedState explains why a secret in state was not tried.
func (r *apiSecretResource) sealedState() string {
	if !r.secrets.sealed() {
		return ""
	}
	return "The secret in state is encrypted and could not be opened, so it was not tried. Set the provider's identity (INTEGRATOR_IDENTITY) to a private key of one of its recipients."
}

// recipientWarnings are about recipients in a plan that keeps the secret.
func recipientWarnings(action action, prior, plan *apiSecretModel) (diags diag.Diagnostics) {
	attribute := path.Root("recipients")
	switch {
	case action == actionEncrypt:
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
func (r *apiSecretResource) allRefused(err error, onlySuperseded bool) (diags diag.Diagnostics) {
	reason := "Nor does it accept the others that are known here (integrator_secret, and the recovery file if there is one)."
	if onlySuperseded {
		reason = "integrator_secret is this one or an older one, which is never adopted. If the secret was rotated a moment ago, it may not have reached every server of the API yet: plan again in a minute."
	}
	happened := ""
	if !errors.Is(err, errNoSecret) {
		happened = whatHappened(err)
	}
	diags.AddAttributeWarning(path.Root("secret"), "The API does not accept the secret in state",
		paragraphs(reason, happened, r.clockDoubt(err), getLiveSecret+": it will be adopted, without a rotation. Until then the state is kept, and only a rotation is refused."))
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

// Rotation.

func secondRotation(key string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API secret was rotated in this run already",
		fmt.Sprintf("Integrator %s has one secret, and another integrator_api_secret has just rotated it: rotating it again would end the secret that was stored a moment ago. Nothing was sent.\n\n"+
			"Keep one integrator_api_secret for an integrator and hand its value on, and remove this one from the configuration (terraform state rm if it is in state). Do not just apply again: that would rotate the secret under the other one.", key))
}

// rotationRemarks are about a rotation that gave a new secret.
func rotationRemarks(regenerated *client.RegeneratedSecret) (diags diag.Diagnostics) {
	if regenerated.OddExpiry != "" {
		diags.AddAttributeWarning(path.Root("old_secret_expires_at"), "The API gave no usable expiry",
			fmt.Sprintf("The secret was rotated and is stored. The API said that the old one expires at %q, which is no plausible time, so old_secret_expires_at is null.", regenerated.OddExpiry))
	}
	if !regenerated.AmbiguousSince.IsZero() {
		diags.AddWarning("The secret may have been rotated twice",
			fmt.Sprintf("The answer to the request sent at %s was lost, so it was sent again. The secret that is stored is the newest and is valid. "+
				"If the first request had been carried out as well, one more secret was made that nobody holds, and the one used before may end early.", clockTime(regenerated.AmbiguousSince)))
	}
	return diags
}

func rotationImpossible(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API secret was not rotated", "Nothing was sent: "+err.Error()+".")
}

// keptReply says where a reply without a readable secret was put.
type keptReply struct {
	path string
	err  error
}

// rotationFailed says what happened, what is valid now, and what to do next.
func (r *apiSecretResource) rotationFailed(failure *client.RegenerateError, reply keptReply) diag.Diagnostic {
	happened := whatHappened(failure.Err)
	switch effect := failure.Effect(); {
	case effect == client.Unchanged:
		return diag.NewErrorDiagnostic("The API secret was not rotated",
			paragraphs(happened, "Nothing was changed: the secret in use is as valid as it was.", remedy(failure.Err, r.client), r.sealedState(), r.blindCreate(failure)))
	case effect == client.Changed:
		where, next := "Without recovery_dir the reply could not be kept, and the new secret is gone.", getLiveSecret+"."
		if reply.err != nil {
			where = fmt.Sprintf("The reply could not be kept (%s), and the new secret is gone.", reply.err)
		} else if reply.path != "" {
			where = fmt.Sprintf("The reply was kept in %s: look there for the new secret.", reply.path)
			next = "Set integrator_secret (INTEGRATOR_SECRET) to the new secret, delete the file and plan again. If it is not there: " + lowerFirst(getLiveSecret) + "."
		}
		valid := "Valid now: only the new secret, since the grace period was 0."
		if failure.GracePeriod > 0 {
			valid = fmt.Sprintf("Valid now: the new secret, and until %s the old one (the grace period of %s).",
				clockTime(failure.AmbiguousSince.Add(failure.GracePeriod)), failure.GracePeriod)
		}
		return diag.NewErrorDiagnostic("The API secret was rotated, but the reply holds no readable secret",
			paragraphs(happened, where, valid, next,
				"The request was not repeated, since that would end one more secret. The API has changed; please report it to the provider's maintainers."))
	case failure.Outcome == client.SecretRefused:
		return diag.NewErrorDiagnostic("The API secret was probably rotated, and its only copy is lost",
			paragraphs(fmt.Sprintf("The answer to the request sent at %s was lost. When it was sent again, the API refused the old secret.", clockTime(failure.AmbiguousSince)),
				happened, oldSecretValidity(failure), getLiveSecret+": it will be adopted, or sign the rotation if one is still planned."))
	default:
		return diag.NewErrorDiagnostic("The API secret may have been rotated, and its new value is lost",
			paragraphs(fmt.Sprintf("The request sent at %s may have been carried out.", clockTime(failure.AmbiguousSince)),
				happened, remedy(failure.Err, r.client), oldSecretValidity(failure), nextStep(failure)))
	}
}

func oldSecretValidity(failure *client.RegenerateError) string {
	if failure.GracePeriod == 0 {
		return "Valid now: if it was rotated, only the lost secret, since the grace period was 0; if it was not, the old secret, as before."
	}
	return fmt.Sprintf("Valid now: the old secret, until %s if it was rotated (the grace period of %s), and without an end if it was not.",
		clockTime(failure.AmbiguousSince.Add(failure.GracePeriod)), failure.GracePeriod)
}

func nextStep(failure *client.RegenerateError) string {
	if failure.GracePeriod > 0 {
		return "Apply again before then: the old secret can still sign a rotation, which replaces the lost one. After that, " + lowerFirst(getLiveSecret) + "."
	}
	return "Wait a minute and apply again. If the old secret is refused then: " + lowerFirst(getLiveSecret) + "."
}

// blindCreate explains why the secret in state was not tried, if it was not.
func (r *apiSecretResource) blindCreate(failure *client.RegenerateError) string {
	if failure.Outcome != client.SecretRefused || len(r.secrets.signers()) > 0 || r.secrets.sealed() {
		return ""
	}
	return "If this replaces a secret in state with create_before_destroy: Terraform does not show the provider the old state then, so only integrator_secret could sign. " +
		"Set it to the secret in state, or rotate in place with rotate_when_changed instead."
}

func oldSecretPutBack() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The old secret was put back into the state",
		"The replacement failed after Terraform had removed the old secret from the state, so it was stored again. It is marked as tainted: the next apply tries the replacement again. To give it up instead: terraform untaint <address>.")
}

func replacementInterrupted() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Interrupted before the replacement", "Nothing was changed: the secret is still in the state and valid.")
}

// Import.

func importOfAnother(key, providerKey string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Not the provider's integrator",
		fmt.Sprintf("The import names %q, but the provider is configured for integrator %s. Import that one:\n\n  terraform import <address> %s", key, providerKey, providerKey))
}

func importUnchecked(err error, api *client.Client) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The secret cannot be imported",
		paragraphs("Importing adopts integrator_secret as it is, so the API has to accept it.", whatHappened(err), remedy(err, api)))
}

// Recovery.

func rotationResumed(file string, obtainedAt time.Time) diag.Diagnostic {
	return diag.NewWarningDiagnostic("An interrupted rotation was completed",
		fmt.Sprintf("An earlier run made a new secret at %s and ended before Terraform stored it. It was in the recovery file %s and is live, so it is stored now, and the secret was not rotated again. "+
			"If a further rotation is wanted, plan and apply once more.", clockTime(obtainedAt), file))
}

func recipientsUnusable(err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("recipients"), "The secret cannot be encrypted", "Nothing was sent: "+err.Error()+".")
}

func recoverySealed(file string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("An interrupted rotation cannot be completed",
		fmt.Sprintf("An earlier run of this rotation made a new secret and ended before Terraform stored it. It is in the recovery file %s, encrypted, and could not be opened; rotating again would end it. Nothing was sent.\n\n"+
			"Set the provider's identity (INTEGRATOR_IDENTITY) to a private key of one of its recipients and apply again. Or open it yourself and set integrator_secret (INTEGRATOR_SECRET) to what this prints:\n\n"+
			"  jq -r .encrypted_secret %s | age -d -i key.txt", file, file))
}

func recoveryDead(file string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery file holds a dead secret",
		fmt.Sprintf("The API does not accept the secret in %s, so the secret is rotated as planned.", file))
}

func recoveryUnreadable(file string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery file cannot be used", fmt.Sprintf("%s: %s. Nothing was stopped by this.", file, err))
}

func recoveryUnwritable(file string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery file cannot be changed",
		fmt.Sprintf("%s: %s. The secret itself is safe if Terraform stores its state. Check that recovery_dir (INTEGRATOR_RECOVERY_DIR) can be written.", file, err))
}
