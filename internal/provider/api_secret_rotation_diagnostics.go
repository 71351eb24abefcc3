// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

func secondRotation(key string) diag.Diagnostic {
	return explainedError("rotated-already", "The API secret was rotated in this run already",
		fmt.Sprintf("Integrator %s has one secret, and another integrator_api_secret has just rotated it: rotating it again would invalidate the secret that was stored a moment ago. Nothing was sent.\n\n"+
			"Keep the other integrator_api_secret, whose secret is the live one, and hand its value on. Remove the one that this error names from the configuration, and if it is in the state: terraform state rm <its address>. "+
			"Which of the two came first was Terraform's choice: removing the other one would lose the live secret. Do not just apply again: that would rotate the secret under the other one.", key))
}

func secondRotationInVain(key string) diag.Diagnostic {
	return explainedError("perhaps-rotated-already", "The API secret may have been rotated in this run already",
		fmt.Sprintf("Integrator %s has one secret, and the rotation that another integrator_api_secret has just tried ended without a new secret in hand: see its error for what is valid now. Nothing more was sent.\n\n"+
			"Keep the other integrator_api_secret and hand its value on. Before you apply again, remove the one that this error names from the configuration, and if it is in the state: terraform state rm <its address>.", key))
}

// Rotations that gave a new secret.

func expiryUnusable(expiry string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("old_secret_expires_at"), "The API gave no usable expiry",
		fmt.Sprintf("The secret was rotated and is stored. The API said that the old one expires at %q, which is no plausible time, so old_secret_expires_at is null.", expiry))
}

func graceCut(end time.Time) diag.Diagnostic {
	granted := "The API gave no expiry of the old secret: it may have expired at once."
	if !end.IsZero() {
		granted = fmt.Sprintf("The API says that the old secret expires at %s, which is earlier.", clockTime(end))
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("old_secret_valid_for_seconds"), "The grace period was not granted",
		"The secret was rotated and is stored, and the request asked to keep the old one valid for old_secret_valid_for_seconds. "+granted+" Have its users switch to the new one now.")
}

func perhapsTwice(since time.Time) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The secret may have been rotated twice",
		fmt.Sprintf("The answer to the request sent at %s was lost, so it was sent again. The secret that is stored is the newest and is valid. "+
			"If the first request had been carried out as well, one more secret was made that nobody holds, and the one used before may expire early.", clockTime(since)))
}

// Rotations that failed: what happened, what is valid now, and what to do next.

func rotationImpossible(err error) diag.Diagnostic {
	return explainedError("not-rotated", "The API secret was not rotated", "Nothing was sent: "+err.Error()+".")
}

func (r *apiSecretResource) notRotated(e rotation.Event) diag.Diagnostic {
	return explainedError("not-rotated", "The API secret was not rotated",
		paragraphs(whatHappened(e.Err), unchanged(e), remedy(e.Err, r.client), r.undecryptable(e), blind(e)))
}

// blind explains why a secret in state was not tried.
func blind(e rotation.Event) string {
	if !e.Blind {
		return ""
	}
	return "If this replaces a secret in state with create_before_destroy, which it also has if something that depends on it has it: Terraform does not show the provider the old state then, so only integrator_secret could sign. " +
		"Set it to the secret in state, or rotate in place with rotate_when_changed instead."
}

// unchanged says that a rotation was not carried out.
func unchanged(e rotation.Event) string {
	if e.Forgotten {
		return "The secret in use is as valid as it was. Terraform may have dropped it from the state already, since it forgets the object that this one replaces: apply again on this machine, where the recovery folder keeps it if it could be sealed."
	}
	return "Nothing was changed: the secret in use is as valid as it was."
}

func replyUnreadable(e rotation.Event) diag.Diagnostic {
	where, next := "The reply could not be kept, since there is no recovery folder or nothing to seal it with, and the new secret is gone.", getLiveSecret+"."
	if e.Reply.Err != nil {
		where = fmt.Sprintf("The reply could not be kept (%s), and the new secret is gone.", e.Reply.Err)
	} else if len(e.Reply.Copies) > 0 {
		where = "The reply was kept, sealed. Look for the new secret in what this prints:\n" + openCommands(e.Reply.Copies)
		next = "Set integrator_secret (INTEGRATOR_SECRET) to the new secret and plan again; delete the file when the state holds it. If it is not there: " + orGetLiveSecret() + "."
	}
	valid := "Valid now: only the new secret, since the grace period was 0."
	if e.Failure.GracePeriod > 0 {
		valid = fmt.Sprintf("Valid now: the new secret, and until %s the old one (the grace period of %s).",
			clockTime(e.Failure.OldSecretExpiresAt), e.Failure.GracePeriod) + twiceRotated(e.Failure)
	}
	return explainedError("unreadable-reply", "The API secret was rotated, but the reply holds no readable secret",
		paragraphs(whatHappened(e.Err), where, valid, next,
			"The request was not repeated, since that would invalidate one more secret. The API has changed; please report it to the provider's maintainers."))
}

func answerNotFromAPI(e rotation.Event) diag.Diagnostic {
	kept := ""
	switch {
	case e.Reply.Err != nil:
		kept = fmt.Sprintf("The reply could not be kept (%s).", e.Reply.Err)
	case len(e.Reply.Copies) > 0:
		kept = "The reply was kept, sealed. This prints it:\n" + openCommands(e.Reply.Copies)
	}
	return explainedError("not-the-api", "The API secret may have been rotated: the answer is not the API's",
		paragraphs(whatHappened(e.Err), fmt.Sprintf("A proxy, a firewall, or a login or maintenance page answers like this. Whether the request sent at %s has reached the API is not known, and it was not sent again.", clockTime(e.Failure.AmbiguousSince)),
			kept, oldSecretValidity(e.Failure),
			"Apply again, which is right as long as the old secret works. If it is refused then, the secret was rotated: look for the new one in the reply if that was kept, or else: "+orGetLiveSecret()+"."))
}

func rotatedAndLost(failure *apisecret.RegenerateError, api *client.Client) diag.Diagnostic {
	if problem, ok := errors.AsType[*client.Error](failure.Err); ok && notTheAPI(problem) {
		return perhapsRotated(failure, api) // the refusal proves nothing
	}
	return explainedError("probably-lost", "The API secret was probably rotated, and its only copy is lost",
		paragraphs(fmt.Sprintf("The answer to the request sent at %s was lost. When it was sent again, the API refused the old secret.", clockTime(failure.AmbiguousSince)),
			whatHappened(failure.Err), oldSecretValidity(failure), getLiveSecret+": it will be adopted, or sign the rotation if one is still planned."))
}

func perhapsRotated(failure *apisecret.RegenerateError, api *client.Client) diag.Diagnostic {
	return explainedError("perhaps-lost", "The API secret may have been rotated, and its new value is lost",
		paragraphs(fmt.Sprintf("The request sent at %s may have been carried out.", clockTime(failure.AmbiguousSince)),
			whatHappened(failure.Err), remedy(failure.Err, api), oldSecretValidity(failure), nextStep(failure)))
}

func oldSecretValidity(failure *apisecret.RegenerateError) string {
	if failure.GracePeriod == 0 {
		return "Valid now: if it was rotated, only the lost secret, since the grace period was 0; if it was not, the old secret, as before."
	}
	return fmt.Sprintf("Valid now: the old secret, until %s if it was rotated (the grace period of %s), and without an expiry if it was not.",
		clockTime(failure.OldSecretExpiresAt), failure.GracePeriod) + twiceRotated(failure)
}

// twiceRotated says what may have become of the old secret if several requests
// were carried out.
func twiceRotated(failure *apisecret.RegenerateError) string {
	if failure.AmbiguousAttempts < 2 {
		return ""
	}
	return fmt.Sprintf(" %d requests may have been carried out: if more than one was, the old secret may be invalid already.", failure.AmbiguousAttempts)
}

func nextStep(failure *apisecret.RegenerateError) string {
	if failure.GracePeriod > 0 {
		return "Apply again before then: if the API lets the old secret sign, that replaces the lost one. After that, or if the old secret is refused: " + orGetLiveSecret() + "."
	}
	return "Wait a minute and apply again. If the old secret is refused then: " + orGetLiveSecret() + "."
}

func oldSecretPutBack() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The old secret was put back into the state",
		"The replacement failed after Terraform had removed the old secret from the state, so it was stored again. It is marked as tainted: the next apply tries the replacement again. To give it up instead: terraform untaint <address>.")
}

func replacementInterrupted() diag.Diagnostic {
	return explainedError("interrupted", "Interrupted before the replacement", "Nothing was changed: the secret is still in the state and valid.")
}

// Recovery.

func rotationResumed(obtainedAt time.Time) diag.Diagnostic {
	return diag.NewWarningDiagnostic("An interrupted rotation was completed",
		fmt.Sprintf("An earlier run made a new secret at %s and ended before Terraform had stored it. The recovery folder kept it and it is live, so it is stored now, and the secret was not rotated again. "+
			"If a further rotation is wanted: terraform apply -replace=<address>.", clockTime(obtainedAt)))
}

func recipientsUnusable(err error) diag.Diagnostic {
	return explainedAttributeError(path.Root("recipients"), "not-encrypted", "The secret cannot be encrypted", "Nothing was sent: "+err.Error()+".")
}

func recoveryUndecryptable(e rotation.Event) diag.Diagnostic {
	return explainedError("not-completed", "An interrupted rotation cannot be completed",
		paragraphs("An earlier run of this rotation made a new secret and ended before Terraform stored it. It is sealed in the recovery folder and could not be opened; rotating again would invalidate it. Nothing was sent.",
			openSealed(e.Copies), "Then apply again. If nothing opens it any more, delete these files: that gives the secret in them up, and the next apply rotates."))
}

func recoveryUnopened(e rotation.Event) diag.Diagnostic {
	return diag.NewWarningDiagnostic("A secret in the recovery folder could not be opened",
		paragraphs("An earlier run of this rotation made a new secret and ended before Terraform stored it. It is sealed in the recovery folder and could not be opened, so the secret is rotated once more, if the API accepts another one.",
			openSealed(e.Copies)))
}

func recoveryUnchecked(e rotation.Event, api *client.Client) diag.Diagnostic {
	return explainedError("not-completed-yet", "An interrupted rotation cannot be completed yet",
		paragraphs("An earlier run of this rotation made a new secret, which the recovery folder holds. Whether it is live could not be checked; rotating again would invalidate it. The secret was not rotated, and the one in use is as valid as it was.",
			whatHappened(e.Err), remedy(e.Err, api), "Apply again when the API can be reached."))
}

func recoveryDead(folder string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery folder holds a dead secret",
		fmt.Sprintf("The API does not accept a secret that an earlier run has left in %s, so the secret is rotated as planned.", folder))
}

func recoveryUnreadable(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("A file of the recovery folder cannot be used", fmt.Sprintf("%s. Nothing was stopped by this.", err))
}

func recoveryUnwritable(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery folder cannot be changed",
		fmt.Sprintf("%s. The secret itself is safe if Terraform stores its state.", err))
}

// recoveryRequired is about a folder that somebody has chosen.
func recoveryRequired(err error) diag.Diagnostic {
	return explainedError("recovery-required", "The recovery folder cannot keep a secret",
		fmt.Sprintf("%s. Nothing was sent, and the secret in use is as valid as it was. "+
			"Make recovery_dir (INTEGRATOR_RECOVERY_DIR) a folder that can be written and has room, leave it out for the default one, or set skip_recovery = true to go without: a new secret is lost then if Terraform is killed before it has stored the state.", err))
}

func recoveryOff(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery folder could not be used",
		fmt.Sprintf("%s. This apply goes on without it: a new secret is lost if Terraform is killed before it has stored the state. "+
			"Set recovery_dir (INTEGRATOR_RECOVERY_DIR) to a folder that can be written, or skip_recovery = true to say that this is meant.", err))
}

// keepFailed is about a secret that leaves the state.
func keepFailed(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The recovery folder could not keep the old secret",
		fmt.Sprintf("%s. Terraform drops that secret from the state, and the API does not show it again. If anything still uses it, keep a copy: older versions of the state hold it.", err))
}

func (r *apiSecretResource) keepUnsealed() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The old secret was not kept while it is replaced",
		"Terraform drops the old secret from the state before the new one is made, and nothing here could seal a copy for the recovery folder: integrator_secret "+r.whyUnsealed()+". If this run ends before the new secret is made, no copy is left but in older versions of the state. "+
			"To be safe the next time, set integrator_secret (INTEGRATOR_SECRET) to any secret that this integrator has had, set recipients, or rotate in place with rotate_when_changed.")
}

// whyUnsealed finishes a sentence about integrator_secret.
func (r *apiSecretResource) whyUnsealed() string {
	if r.secretless() {
		return "is not set"
	}
	return "is not known to be one of this integrator's"
}

// replacementUnsealed is about a plan. Terraform does not say in which order it is going
// to delete and create.
func (r *apiSecretResource) replacementUnsealed() diag.Diagnostic {
	first := ""
	if r.secretless() {
		first = " With create_before_destroy, the apply fails instead: Terraform does not show the provider the old state then, and nothing signs."
	}
	return diag.NewWarningDiagnostic("The old secret cannot be kept while it is replaced",
		"This plan replaces the secret. Terraform drops the old one from the state before the new one is made, and nothing here can seal a copy for the recovery folder: integrator_secret "+r.whyUnsealed()+". If the apply ends in between, no copy is left but in older versions of the state."+first+"\n\n"+
			"Set integrator_secret (INTEGRATOR_SECRET) to any secret that this integrator has had, set recipients, or rotate in place with rotate_when_changed.")
}

func recoveryExposed(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Others can use the recovery folder",
		fmt.Sprintf("What it holds is sealed, but whoever knows an old secret can open it, and %s.", err))
}
