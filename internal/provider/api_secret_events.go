// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// say puts events into words: one message for each, but for APICalled, which may
// have taught that this machine's clock is wrong.
func (r *apiSecretResource) say(events ...rotation.Event) (diags diag.Diagnostics) {
	for _, e := range events {
		if e.Kind == rotation.APICalled {
			r.warnOfClock(&diags)
			continue
		}
		diags.Append(r.message(e))
	}
	return diags
}

// sayOfPlan is say for a plan that keeps the secret or makes a new one.
func (r *apiSecretResource) sayOfPlan(events ...rotation.Event) (diags diag.Diagnostics) {
	for _, e := range events {
		if e.Kind == rotation.RotationOfAnother {
			diags.Append(r.planOfAnother(e))
			continue
		}
		if e.Kind == rotation.Signerless {
			diags.Append(r.planSignerless(e))
			continue
		}
		diags.Append(r.say(e)...)
	}
	return diags
}

// message is the one home of what each event means in words.
func (r *apiSecretResource) message(e rotation.Event) diag.Diagnostic {
	switch e.Kind {
	case rotation.StateOfAnother:
		return r.stateOfAnother(e)
	case rotation.KeyDoesNotOpen:
		return identityDoesNotOpen()
	case rotation.NotChecked:
		return secretNotChecked(e.Err, r.client)
	case rotation.AnotherAccepted:
		return anotherSecretAccepted()
	case rotation.AdoptionPlanned:
		return r.adoptionPlanned(e.Source)
	case rotation.AllRefused:
		return r.allRefused(e)
	case rotation.RecoveryUnread:
		return recoveryUnreadable(e.Err)
	case rotation.RecoveryUnwritten:
		return recoveryUnwritable(e.Err)

	case rotation.CreationPlanned:
		return secretInUseExpires(e)
	case rotation.GraceNotSet:
		return graceNotSet()
	case rotation.OlderSecretMayEnd:
		return olderSecretMayExpire(e.At)
	case rotation.SecretStaysValid:
		return r.secretStaysValid(e)
	case rotation.OlderStatesInPlaintext:
		return olderStatesInPlaintext()
	case rotation.RecipientsCountLater:
		return recipientsCountLater()
	case rotation.PlaintextPlanned:
		return storedInPlaintext()
	case rotation.RotationOfAnother:
		return r.rotationOfAnother(e)
	case rotation.RotationUnsigned:
		return r.rotationUnsigned(e)
	case rotation.CreationUnsigned:
		return r.creationUnsigned(e)
	case rotation.CreationUnchecked:
		return creationUnchecked(e.Err, r.client)
	case rotation.ReplacementUnsealed:
		return r.replacementUnsealed()
	case rotation.CreationSignerless:
		return r.creationSignerless(e)
	case rotation.Signerless:
		return r.signerless(e)

	case rotation.SecondRotation:
		return secondRotation(r.client.IntegratorKey())
	case rotation.SecondRotationInVain:
		return secondRotationInVain(r.client.IntegratorKey())
	case rotation.RecipientsUnusable:
		return recipientsUnusable(e.Err)
	case rotation.RecipientsEmpty:
		return noRecipients("The secret cannot be encrypted")
	case rotation.RecoveryRequired:
		return recoveryRequired(e.Err)
	case rotation.RecoveryOff:
		return recoveryOff(e.Err)
	case rotation.KeepFailed:
		return keepFailed(e.Err)
	case rotation.KeepUnsealed:
		return r.keepUnsealed()
	case rotation.RecoveryExposed:
		return recoveryExposed(e.Err)
	case rotation.RotationResumed:
		return rotationResumed(e.At)
	case rotation.RecoveryUndecryptable:
		return recoveryUndecryptable(e)
	case rotation.RecoveryUnopened:
		return recoveryUnopened(e)
	case rotation.RecoveryUnchecked:
		return recoveryUnchecked(e, r.client)
	case rotation.RecoveryDead:
		return recoveryDead(r.recovery.Path())
	case rotation.NotPossible:
		return rotationImpossible(e.Err)
	case rotation.NotRotated:
		return r.notRotated(e)
	case rotation.ReplyUnreadable:
		return replyUnreadable(e)
	case rotation.AnswerNotFromAPI:
		return answerNotFromAPI(e)
	case rotation.RotatedAndLost:
		return rotatedAndLost(e.Failure, r.client)
	case rotation.PerhapsRotated:
		return perhapsRotated(e.Failure, r.client)
	case rotation.ExpiryUnusable:
		return expiryUnusable(e.OddExpiry)
	case rotation.GraceCut:
		return graceCut(e.At)
	case rotation.PerhapsTwice:
		return perhapsTwice(e.At)
	case rotation.AdoptionGone:
		return adoptionImpossible()
	case rotation.AdoptionRefused:
		return adoptionRefused(e.Err)
	case rotation.OldSecretPutBack:
		return oldSecretPutBack()
	case rotation.ReplacementStopped:
		return replacementInterrupted()

	case rotation.ImportOfAnother:
		return importOfAnother(e.Key, r.client.IntegratorKey())
	case rotation.ImportUnchecked:
		return importUnchecked(e.Err, r.client)
	case rotation.ImportSecretless:
		return importSecretless()

	case rotation.APICalled: // says nothing by itself
	}
	return unexpectedEvent(e.Kind)
}
