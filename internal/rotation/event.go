// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Event is something that people are to be told. Which of the fields are set
// depends on the kind.
type Event struct {
	Kind Kind
	Err  error // what the API, the disk or the encryption said

	Source        Source        // where a secret that is accepted comes from
	Owner         History       // whose secret is in state, or is going to be made
	Undecryptable Undecryptable // what was not tried, since it cannot be opened
	At            time.Time     // when a secret was made, or when it expires
	Key           string        // the integrator that an import names
	OddExpiry     string        // what the API gave as expiry
	// OnlySuperseded says that the other secrets known are older ones, which are
	// never adopted.
	OnlySuperseded bool
	// Planned is what is configured for a secret that is going to be made. GraceSet says
	// that this includes the grace period, and MayResume that an interrupted run may
	// have made the secret already.
	Planned   Arguments
	GraceSet  bool
	MayResume bool
	// Failure says what became of a call that regenerates the secret, and Reply
	// where its reply was kept. Blind says that nothing was seen in a state, since
	// Terraform shows nothing of an object that is created anew.
	Failure *apisecret.RegenerateError
	Reply   KeptReply
	Blind   bool
	// Kept says that the recovery folder keeps the secret of an object that leaves
	// the state, and Forgotten that Terraform may have dropped the object already.
	Kept      bool
	Forgotten bool
	// Copies are the files of the recovery folder that this is about.
	Copies []SealedCopy
}

// refuses reports whether a plan would fail when it is applied.
func (e Event) refuses() bool {
	return slices.Contains([]Kind{RotationOfAnother, RotationUnsigned, CreationUnsigned, CreationSignerless, Signerless}, e.Kind)
}

// SealedCopy is a file of the recovery folder with a secret in it. With is the
// fingerprint of the secret that opens it, "" for a private key of a recipient.
type SealedCopy struct{ Path, With string }

// Undecryptable names what may hold a secret that could sign, and cannot be
// opened: a secret in state, or files of the recovery folder.
type Undecryptable struct {
	InState   bool
	Recovered []SealedCopy
}

// KeptReply says where a reply without a readable secret was put. The zero
// KeptReply says that there is no recovery folder, or nothing to seal it with.
type KeptReply struct {
	Copies []SealedCopy
	Err    error
}

// Source is where a secret comes from that is not in state.
type Source int

// The sources.
const (
	FromConfiguration Source = iota // the provider's integrator_secret
	FromRecovery                    // the recovery folder: an interrupted run of this resource made it
)

// Kind is what has happened.
type Kind int

// The kinds, each with the fields that say more of it. Plan and apply have some of
// those of a refresh as well.
const (
	APICalled         Kind = iota // the API was called, and so its clock may have been seen
	StateOfAnother                // the state holds another integrator's secret: Owner
	KeyDoesNotOpen                // the age identity does not open the secret in state
	NotChecked                    // the API did not say whether it accepts a secret: Err
	AnotherAccepted               // beside the secret in state, the one from Source is accepted
	AdoptionPlanned               // in place of the secret in state, the one from Source is accepted
	AllRefused                    // the secret in state is refused, and there is none to adopt
	RecoveryUnread                // a file of the recovery folder cannot be used: Err
	RecoveryUnwritten             // the recovery folder cannot be changed: Err

	// Of a plan.
	CreationPlanned        // a new secret is going to be made: Owner, Planned, GraceSet, MayResume
	GraceNotSet            // a rotation is planned, with the default grace period
	OlderSecretMayEnd      // a rotation is planned in the grace period of the last: At is when that expires
	SecretStaysValid       // a destroy is planned: Kept
	OlderStatesInPlaintext // the secret in state is going to be encrypted
	RecipientsCountLater   // recipients have changed, and the secret stays
	PlaintextPlanned       // a rotation is planned that stores the new secret in plaintext, after an encrypted one
	RotationOfAnother      // a rotation of another integrator's secret is refused: Owner
	RotationUnsigned       // no secret that could sign a rotation is accepted: Err
	CreationUnsigned       // likewise, of what may be a creation
	CreationUnchecked      // whether one is accepted is not known: Err
	ReplacementUnsealed    // the secret that is going to be replaced cannot be kept meanwhile
	CreationSignerless     // nothing that could sign is at hand, of what may be a creation: Undecryptable
	Signerless             // likewise, of a rotation or a plan that may fail; also of an apply: Undecryptable, Blind

	// Of an apply.
	SecondRotation        // the secret was rotated in this run already
	SecondRotationInVain  // it may have been, without a new secret in hand
	RecipientsUnusable    // the secret cannot be encrypted: Err
	RecipientsEmpty       // the list of recipients turned out to be empty
	RecoveryRequired      // the chosen recovery folder cannot keep a secret, so nothing was sent: Err
	RecoveryOff           // the default recovery folder cannot: Err
	KeepFailed            // the recovery folder cannot keep the secret that leaves the state: Err
	KeepUnsealed          // nothing can seal the secret that leaves the state until it is replaced
	RecoveryExposed       // others can read or change the recovery folder: Err
	RotationResumed       // the secret that an interrupted run made at At is taken: Copies
	RecoveryUndecryptable // an interrupted run has made one that cannot be opened, and nothing was sent: Copies
	RecoveryUnopened      // likewise, and the rotation goes on: Copies
	RecoveryUnchecked     // there is one, and it is not known whether it is live: Err, Copies
	RecoveryDead          // the recovered secret is refused
	NotPossible           // no request could be made: Err
	NotRotated            // the secret in use is as valid as before: Failure
	ReplyUnreadable       // the secret was rotated, its reply has no readable secret: Failure, Reply
	AnswerNotFromAPI      // something else may have answered, and the secret may have been rotated: Failure, Reply
	RotatedAndLost        // the secret was probably rotated, and the new one is lost: Failure
	PerhapsRotated        // the secret may have been rotated: Failure
	ExpiryUnusable        // the secret was rotated, the expiry of the old one is OddExpiry
	GraceCut              // the secret was rotated, the old one expires earlier than was asked for: At, zero for no time
	PerhapsTwice          // the secret was rotated, perhaps twice, first At
	AdoptionGone          // the secret to be adopted is not at hand any more
	AdoptionRefused       // the secret to be adopted is refused: Err
	OldSecretPutBack      // a replacement failed after Delete, and the old object is restored
	ReplacementStopped    // Terraform was interrupted before Delete

	// Of an import.
	ImportOfAnother  // the import names Key, which is not the provider's integrator
	ImportUnchecked  // the API does not accept the configured secret: Err
	ImportSecretless // there is no configured secret, which an import adopts
)
