// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package envelope

import (
	"errors"

	"filippo.io/age"
)

// WorkFactor is the binary logarithm of the rounds of scrypt that make a key of a
// passphrase. They are to slow down whoever guesses passphrases. The passphrases
// here are secrets of the API, which are random and cannot be guessed, so that a few
// milliseconds do. age takes 18, a second, for the passphrases that people choose.
const WorkFactor = 10

// PreparePassphrase returns a Sealer whose ciphertext the passphrase opens: here,
// and with age -d for a person who types it. The passphrase must be random, as a
// secret of the API is. It must not be empty. The work factor is 1 to WorkFactor.
func PreparePassphrase(passphrase string, workFactor int) (*Sealer, error) {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	recipient.SetWorkFactor(workFactor)
	return newSealer(recipient)
}

// OpenWithPassphrase returns the secret in an armored ciphertext that a passphrase
// sealed. For another passphrase, and for a ciphertext that was made for public
// keys, the error is ErrNotRecipient. A ciphertext that takes longer to open than
// those of PreparePassphrase is refused like a damaged one, since whoever made it
// could make it take for ever.
func OpenWithPassphrase(armored, passphrase string) (string, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil { // it is empty
		return "", ErrNotRecipient
	}
	identity.SetMaxWorkFactor(WorkFactor)
	return open(armored, identity)
}
