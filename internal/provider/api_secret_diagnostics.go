// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

const getLiveSecret = "Get a live secret from the platform, set integrator_secret (INTEGRATOR_SECRET) to it and plan again"

// orGetLiveSecret is getLiveSecret within a sentence.
func orGetLiveSecret() string { return strings.ToLower(getLiveSecret[:1]) + getLiveSecret[1:] }

// destroyAnyway ends the errors of a plan. terraform destroy makes an ordinary plan
// first, fails with it, and does not tell the provider that it is one.
const destroyAnyway = "If this ends a terraform destroy: terraform destroy -refresh=false makes no such plan."

// Planning.

func graceNotSet() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("old_secret_valid_for_seconds"), "The secret in use becomes invalid at once",
		"This plan rotates the API secret, and old_secret_valid_for_seconds is not set: with the API's default of 0 the old secret becomes invalid the moment the new one is made.\n\n"+
			"Set old_secret_valid_for_seconds = 300 (up to 3600) to give its users that many seconds to switch, or = 0 to say that this is meant.")
}

// secretInUseExpires is about a plan that may create the resource. It has to be true of
// a replacement as well, since Terraform does not always tell.
func secretInUseExpires(e rotation.Event) diag.Diagnostic {
	owner, id := "the integrator", "<integrator key>"
	if e.Owner.IntegratorKey != "" {
		owner, id = "integrator "+e.Owner.IntegratorKey, e.Owner.IntegratorKey
	}
	if e.Owner.Endpoint != "" {
		owner += " at " + e.Owner.Endpoint
	}
	when := "the moment the new one is made"
	switch grace := e.Planned.GracePeriod; {
	case e.Planned.GraceUnknown:
		when = "after old_secret_valid_for_seconds, which is not known yet"
	case grace > 0:
		when = fmt.Sprintf("%d seconds after that (old_secret_valid_for_seconds)", grace/time.Second)
	}
	resume, set := "", ""
	if e.MayResume {
		resume = "An interrupted run has left a secret in the recovery folder. If the API accepts it, that one is stored instead, and nothing is rotated."
	}
	if !e.GraceSet {
		set = "To give its users time to switch, set old_secret_valid_for_seconds = 300 (up to 3600): the API's default is 0."
	}
	text := paragraphs(fmt.Sprintf("Applying this plan makes a new secret of %s. The one in use becomes invalid %s.", owner, when), resume,
		"To keep the secret in use where the state does not hold it yet, import it instead of applying, with integrator_secret (INTEGRATOR_SECRET) set to it:\n\n  terraform import <address> "+id, set)
	if e.Planned.GraceUnknown || e.Planned.GracePeriod > 0 {
		return diag.NewWarningDiagnostic("The secret in use becomes invalid", text)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("old_secret_valid_for_seconds"), "The secret in use becomes invalid at once", text)
}

func olderSecretMayExpire(end time.Time) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("old_secret_valid_for_seconds"), "An older secret may expire early",
		fmt.Sprintf("This plan rotates the API secret while the one before it is still valid, until %s: the API may invalidate that one at once. "+
			"Apply later if anything may still be using it.", clockTime(end)))
}

func (r *apiSecretResource) secretStaysValid(e rotation.Event) diag.Diagnostic {
	kept := "Keep a copy if anything uses it: the API does not show it again."
	switch {
	case !e.Kept && r.recovery != nil && r.secretless():
		kept += " No copy stays in the recovery folder: integrator_secret, which could seal one, is not set."
	case e.Kept:
		kept = fmt.Sprintf("The API does not show it again, so a sealed copy stays in the recovery folder %s: integrator_api_secret can sign with it if it is created anew here. Keep a copy of your own if anything else uses it.", r.recovery.Path())
	}
	return diag.NewWarningDiagnostic("The API secret stays valid",
		"Destroying integrator_api_secret forgets the secret and sends nothing: the API cannot delete a secret. It stays valid until it is regenerated. "+kept)
}

func (r *apiSecretResource) rotationUnsigned(e rotation.Event) diag.Diagnostic {
	return explainedError("nothing-signs", "The API accepts none of the secrets that could sign this rotation",
		paragraphs("Tried were those of the secret in state, the recovery folder and integrator_secret that are there and could be opened. Nothing was changed.",
			whatHappened(e.Err), r.clockDoubt(e.Err), r.undecryptable(e), otherReasons(r.client), r.getLiveSecret(e.Err)+".", destroyAnyway))
}

func (r *apiSecretResource) creationUnsigned(e rotation.Event) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The API does not accept integrator_secret",
		paragraphs("Applying this plan would fail: the request that makes a new secret is signed with the live one.", whatHappened(e.Err), remedy(e.Err, r.client), r.undecryptable(e)))
}

func creationUnchecked(err error, api *client.Client) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Whether the secret can be rotated could not be checked",
		paragraphs(whatHappened(err), remedy(err, api)))
}

// Plans and applies of a new secret that nothing can sign.

func (r *apiSecretResource) planSignerless(e rotation.Event) diag.Diagnostic {
	return explainedAttributeError(path.Root(settingSecret), "secret-missing", "Missing integrator_secret",
		paragraphs(nothingSigns+" Nothing was changed.", r.undecryptable(e), setSecretInUse, destroyAnyway))
}

func (r *apiSecretResource) creationSignerless(e rotation.Event) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(settingSecret), "Missing integrator_secret",
		paragraphs("Applying this plan would fail. "+nothingSigns, r.undecryptable(e), setSecretInUse))
}

func (r *apiSecretResource) signerless(e rotation.Event) diag.Diagnostic {
	return explainedAttributeError(path.Root(settingSecret), "secret-missing", "Missing integrator_secret",
		paragraphs(nothingSigns+" Nothing was sent.", unchanged(e), r.undecryptable(e), setSecretInUse, blind(e)))
}

const (
	nothingSigns   = "Nothing can sign the request for a new secret: integrator_secret is not set, and no secret that could be opened is in the state that Terraform shows, or in the recovery folder."
	setSecretInUse = "Set integrator_secret (INTEGRATOR_SECRET) to the secret in use. Once a secret is in the state, that one signs the next rotations."
)

// undecryptable explains why a secret in state, or in the recovery folder, was not
// tried.
func (r *apiSecretResource) undecryptable(e rotation.Event) string {
	var text []string
	if e.Undecryptable.InState {
		text = append(text, "The secret in state is encrypted and could not be opened, so it was not tried. Set the provider's age_identity (INTEGRATOR_AGE_IDENTITY) to a private key of one of its recipients.")
	}
	if len(e.Undecryptable.Recovered) > 0 {
		text = append(text, "The recovery folder holds secrets that could not be opened, so they were not tried: one may be the live secret. "+openSealed(e.Undecryptable.Recovered))
	}
	return paragraphs(text...)
}

// openSealed tells how to open files of the recovery folder.
func openSealed(copies []rotation.SealedCopy) string {
	text := "Set the provider's age_identity (INTEGRATOR_AGE_IDENTITY) to a private key of one of the recipients, or integrator_secret (INTEGRATOR_SECRET) to the secret that opens one. Or open it yourself and set integrator_secret to what this prints:\n"
	return text + openCommands(copies)
}

// openCommands are commands that print what is in files of the recovery folder.
func openCommands(copies []rotation.SealedCopy) string {
	var text strings.Builder
	for _, c := range copies {
		if c.With == "" {
			fmt.Fprintf(&text, "\n  age -d -i key.txt %s", c.Path)
		} else {
			fmt.Fprintf(&text, "\n  age -d %s    # type the secret with the fingerprint %s", c.Path, c.With)
		}
	}
	return text.String()
}

func olderStatesInPlaintext() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("recipients"), "Older state versions still hold the secret in plaintext",
		"This plan encrypts the secret in the new state. Backups and older versions of the state hold it in plaintext until it is rotated: rotate it soon, or delete them.")
}

func recipientsCountLater() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("recipients"), "The recipients count from the next rotation",
		"The secret in state stays encrypted for the recipients that it was made for. Rotate it, for example with rotate_when_changed, to encrypt the new one for these.")
}

func storedInPlaintext() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("recipients"), "The new secret will be in plaintext",
		"The secret in state is encrypted, and this plan rotates it without recipients: the new one is stored in the state in plaintext. Set recipients to encrypt it, unless this is meant.")
}

// Bad recipients.

func invalidRecipient(index int, err error) diag.Diagnostic {
	attribute := path.Root("recipients")
	return explainedAttributeError(attribute.AtListIndex(index), "not-encrypted", fmt.Sprintf("Invalid recipient %d", index+1),
		fmt.Sprintf("Element %d of %s %s.", index+1, attribute, err))
}

func invalidRecipients(err error) diag.Diagnostic {
	attribute := path.Root("recipients")
	return explainedAttributeError(attribute, "not-encrypted", "Invalid recipients", fmt.Sprintf("The elements of %s cannot be used together: %s.", attribute, err))
}

// noRecipients is about an empty list, which may be a variable that CI passes
// empty.
func noRecipients(summary string) diag.Diagnostic {
	return explainedAttributeError(path.Root("recipients"), "not-encrypted", summary,
		"The list is empty, so the secret would be stored in plaintext. Nothing was sent. If the list comes from a variable, give it the public keys. To store the secret in plaintext, write recipients = null or leave it out.")
}

// States of another integrator.

func (r *apiSecretResource) belongings(owner rotation.History) string {
	text := fmt.Sprintf("The secret in state is that of integrator %s", owner.IntegratorKey)
	if owner.Endpoint != "" {
		text += " at " + owner.Endpoint
	}
	return text + fmt.Sprintf("; the provider is configured for %s at %s.", r.key, r.endpoint)
}

const howToMove = "If the provider's settings are wrong, set them right. To move on purpose: terraform state rm <address>, then terraform import <address> %s, then terraform apply. That adopts integrator_secret, and the apply stores it; nothing is rotated."

func (r *apiSecretResource) stateOfAnother(e rotation.Event) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The secret belongs to another integrator or endpoint",
		paragraphs(r.belongings(e.Owner)+" It was neither checked nor changed.", fmt.Sprintf(howToMove, r.key)))
}

func (r *apiSecretResource) rotationOfAnother(e rotation.Event, also ...string) diag.Diagnostic {
	return explainedError("another-integrator", "The secret to be rotated belongs to another integrator or endpoint",
		paragraphs(r.belongings(e.Owner)+" Nothing was sent.", fmt.Sprintf(howToMove, r.key), paragraphs(also...)))
}

// planOfAnother is rotationOfAnother before anything is applied.
func (r *apiSecretResource) planOfAnother(e rotation.Event) diag.Diagnostic {
	return r.rotationOfAnother(e, destroyAnyway)
}

// Refresh.

func secretNotChecked(err error, api *client.Client) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Whether the API secret is still valid could not be checked",
		paragraphs("The state is kept as it is.", whatHappened(err), remedy(err, api)))
}

func anotherSecretAccepted() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The API accepts another secret beside the one in state",
		"The secret in state is accepted, and so is the one from integrator_secret. The secret was rotated outside this state, and the one in state may be in the last minutes of its grace period. "+
			"Once it is refused, the next plan adopts the other one.")
}

func (r *apiSecretResource) adoptionPlanned(source rotation.Source) diag.Diagnostic {
	if source == rotation.FromRecovery {
		return diag.NewAttributeWarningDiagnostic(path.Root("secret"), "A newer secret is in the recovery folder",
			fmt.Sprintf("The recovery folder %s holds a secret that came after the one in state, and the API accepts it: a run ended before Terraform had stored it. "+
				"The next apply stores it, without a rotation; if another rotation is planned, it signs that.", r.recovery.Path()))
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("secret"), "The API does not accept the secret in state, but another one",
		"It refuses the secret in state and accepts the one from integrator_secret: the secret was rotated outside this state. "+
			"The next apply stores that one, without a rotation; if a rotation is planned, that one signs it.")
}

// allRefused is about a state whose secret is refused, with nothing to adopt.
func (r *apiSecretResource) allRefused(e rotation.Event) diag.Diagnostic {
	if e.Err == nil && r.secretless() {
		return importNotStored()
	}
	reason := "Nor does it accept the others that are known here (integrator_secret, and what the recovery folder holds)."
	switch {
	case r.secretless():
		reason = "integrator_secret is not set, and the recovery folder holds no other secret that is accepted in its place."
	case e.OnlySuperseded:
		reason = "integrator_secret is this one or an older one, which is never adopted. If the secret was rotated a moment ago, it may not have reached every server of the API yet: plan again in a minute."
	}
	happened := ""
	if e.Err != nil {
		happened = whatHappened(e.Err)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("secret"), "The API does not accept the secret in state",
		paragraphs(reason, happened, r.clockDoubt(e.Err), r.undecryptable(e), otherReasons(r.client), r.getLiveSecret(e.Err)+": it will be adopted, without a rotation. Until then the state is kept, and only a rotation is refused."))
}

func identityDoesNotOpen() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("encrypted_secret"), "The provider's age_identity does not open the secret in state",
		"It is encrypted for other recipients, so it was not checked and cannot sign the next rotation. Set age_identity (INTEGRATOR_AGE_IDENTITY) to a private key of one of the recipients that it was made for.")
}

func adoptionImpossible() diag.Diagnostic {
	return explainedError("adoption-gone", "The secret to be adopted is gone",
		"The plan was to store the live secret that integrator_secret or the recovery folder held, but neither holds it any more. Nothing was changed. Plan again.")
}

func adoptionRefused(err error) diag.Diagnostic {
	return explainedError("adoption-refused", "The API does not accept the secret to be adopted any more",
		paragraphs("The plan was to store a secret that the API accepted when the plan was made. Nothing was changed.", whatHappened(err), "Plan again."))
}

// Import.

// importOfAnother does not repeat what cannot be a key: it may be the secret.
func importOfAnother(key, providerKey string) diag.Diagnostic {
	named := fmt.Sprintf("The import names %q", key)
	if key == "" || checkKey(key) != nil {
		named = "The import does not name an integrator by its key"
	}
	return explainedError("import-of-another", "Not the provider's integrator",
		fmt.Sprintf("%s, but the provider is configured for integrator %s. Import that one:\n\n  terraform import <address> %s", named, providerKey, providerKey))
}

func importSecretless() diag.Diagnostic {
	return explainedAttributeError(path.Root(settingSecret), "secret-missing", "Missing integrator_secret",
		"Importing adopts integrator_secret as it is, since the API shows no secret a second time. Set it (INTEGRATOR_SECRET) to the secret in use, and import again. Keep it set until an apply has stored it.")
}

// importNotStored is about a state that an import has made, and no apply yet.
func importNotStored() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(settingSecret), "Missing integrator_secret",
		"The state has no secret yet: the apply after an import stores integrator_secret, which is not set. Set it (INTEGRATOR_SECRET) to the secret in use, and plan again.")
}

func importUnchecked(err error, api *client.Client) diag.Diagnostic {
	return explainedError("not-imported", "The secret cannot be imported",
		paragraphs("Importing adopts integrator_secret as it is, so the API has to accept it.", whatHappened(err), remedy(err, api)))
}
