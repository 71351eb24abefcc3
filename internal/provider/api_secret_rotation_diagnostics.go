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
	return diag.NewErrorDiagnostic("The API secret was rotated in this run already",
		fmt.Sprintf("Integrator %s has one secret, and another integrator_api_secret has just rotated it: rotating it again would invalidate the secret that was stored a moment ago. Nothing was sent.\n\n"+
			"Keep the other integrator_api_secret, whose secret is the live one, and hand its value on. Remove the one that this error names from the configuration, and if it is in the state: terraform state rm <its address>. "+
			"Which of the two came first was Terraform's choice: removing the other one would lose the live secret. Do not just apply again: that would rotate the secret under the other one.", key))
}

func secondRotationInVain(key string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API secret may have been rotated in this run already",
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
	return diag.NewErrorDiagnostic("The API secret was not rotated", "Nothing was sent: "+err.Error()+".")
}

func (r *apiSecretResource) notRotated(e rotation.Event) diag.Diagnostic {
	blind := ""
	if e.Blind {
		blind = "If this replaces a secret in state with create_before_destroy, which it also has if something that depends on it has it: Terraform does not show the provider the old state then, so only integrator_secret could sign. " +
			"Set it to the secret in state, or rotate in place with rotate_when_changed instead."
	}
	return diag.NewErrorDiagnostic("The API secret was not rotated",
		paragraphs(whatHappened(e.Err), "Nothing was changed: the secret in use is as valid as it was.", remedy(e.Err, r.client), r.undecryptable(e), blind))
}

func replyUnreadable(e rotation.Event) diag.Diagnostic {
	where, next := "Without recovery_dir the reply could not be kept, and the new secret is gone.", getLiveSecret+"."
	if e.Reply.Err != nil {
		where = fmt.Sprintf("The reply could not be kept (%s), and the new secret is gone.", e.Reply.Err)
	} else if e.Reply.Path != "" {
		where = fmt.Sprintf("The reply was kept in %s: look there for the new secret.", e.Reply.Path)
		if e.Reply.Encrypted {
			where = fmt.Sprintf("The reply was kept in %s, encrypted for the recipients: look for the new secret in what this prints:\n\n  age -d -i key.txt %s", e.Reply.Path, e.Reply.Path)
		}
		next = "Set integrator_secret (INTEGRATOR_SECRET) to the new secret, delete the file and plan again. If it is not there: " + orGetLiveSecret() + "."
	}
	valid := "Valid now: only the new secret, since the grace period was 0."
	if e.Failure.GracePeriod > 0 {
		valid = fmt.Sprintf("Valid now: the new secret, and until %s the old one (the grace period of %s).",
			clockTime(e.Failure.OldSecretExpiresAt), e.Failure.GracePeriod) + twiceRotated(e.Failure)
	}
	return diag.NewErrorDiagnostic("The API secret was rotated, but the reply holds no readable secret",
		paragraphs(whatHappened(e.Err), where, valid, next,
			"The request was not repeated, since that would invalidate one more secret. The API has changed; please report it to the provider's maintainers."))
}

func answerNotFromAPI(e rotation.Event) diag.Diagnostic {
	kept := ""
	switch {
	case e.Reply.Err != nil:
		kept = fmt.Sprintf("The reply could not be kept (%s).", e.Reply.Err)
	case e.Reply.Encrypted:
		kept = fmt.Sprintf("The reply was kept in %s, encrypted for the recipients. This prints it:\n\n  age -d -i key.txt %s", e.Reply.Path, e.Reply.Path)
	case e.Reply.Path != "":
		kept = fmt.Sprintf("The reply was kept in %s.", e.Reply.Path)
	}
	return diag.NewErrorDiagnostic("The API secret may have been rotated: the answer is not the API's",
		paragraphs(whatHappened(e.Err), fmt.Sprintf("A proxy, a firewall, or a login or maintenance page answers like this. Whether the request sent at %s has reached the API is not known, and it was not sent again.", clockTime(e.Failure.AmbiguousSince)),
			kept, oldSecretValidity(e.Failure),
			"Apply again, which is right as long as the old secret works. If it is refused then, the secret was rotated: look for the new one in the reply if that was kept, or else: "+orGetLiveSecret()+"."))
}

func rotatedAndLost(failure *apisecret.RegenerateError, api *client.Client) diag.Diagnostic {
	if problem, ok := errors.AsType[*client.Error](failure.Err); ok && notTheAPI(problem) {
		return perhapsRotated(failure, api) // the refusal proves nothing
	}
	return diag.NewErrorDiagnostic("The API secret was probably rotated, and its only copy is lost",
		paragraphs(fmt.Sprintf("The answer to the request sent at %s was lost. When it was sent again, the API refused the old secret.", clockTime(failure.AmbiguousSince)),
			whatHappened(failure.Err), oldSecretValidity(failure), getLiveSecret+": it will be adopted, or sign the rotation if one is still planned."))
}

func perhapsRotated(failure *apisecret.RegenerateError, api *client.Client) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The API secret may have been rotated, and its new value is lost",
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
	return diag.NewErrorDiagnostic("Interrupted before the replacement", "Nothing was changed: the secret is still in the state and valid.")
}

// Recovery.

func rotationResumed(file string, obtainedAt time.Time) diag.Diagnostic {
	return diag.NewWarningDiagnostic("An interrupted rotation was completed",
		fmt.Sprintf("An earlier run made a new secret at %s, and no refresh has found it in the state since. It was in the recovery file %s and is live, so it is stored now, and the secret was not rotated again. "+
			"If a further rotation is wanted, plan and apply once more.", clockTime(obtainedAt), file))
}

func recipientsUnusable(err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("recipients"), "The secret cannot be encrypted", "Nothing was sent: "+err.Error()+".")
}

func recoveryUndecryptable(file string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("An interrupted rotation cannot be completed",
		fmt.Sprintf("An earlier run of this rotation made a new secret and ended before Terraform stored it. It is in the recovery file %s, encrypted, and could not be opened; rotating again would end it. Nothing was sent.\n\n%s\n\n"+
			"Then apply again. If no key opens it any more, delete the file: that gives the secret in it up, and the next apply rotates.", file, openRecovery(file)))
}

func recoveryUnchecked(file string, err error, api *client.Client) diag.Diagnostic {
	return diag.NewErrorDiagnostic("An interrupted rotation cannot be completed yet",
		paragraphs(fmt.Sprintf("An earlier run of this rotation made a new secret, which is in the recovery file %s. Whether it is live could not be checked; rotating again would end it. The secret was not rotated, and the one in use is as valid as it was.", file),
			whatHappened(err), remedy(err, api), "Apply again when the API can be reached."))
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
