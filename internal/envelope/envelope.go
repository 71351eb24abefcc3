// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package envelope encrypts secrets for people who have a private key or a
// passphrase, in the format of [age], so that the secrets can be stored where
// others can read them.
//
// # Encryption
//
// [ParseRecipients] reads the public keys, [Recipients.Prepare] returns a
// [Sealer] for one secret, and [Sealer.Seal] encrypts the secret. With a
// passphrase, [PreparePassphrase] returns the Sealer. Preparing does everything
// that can fail, and needs no secret. So a caller prepares before it requests a
// secret that it could lose, and [Sealer.MaxSize] tells it how much space to
// reserve.
//
// # Decryption
//
// [ParseAgeIdentity] reads a private key, and [AgeIdentity.Open] decrypts.
// [OpenWithPassphrase] decrypts what a passphrase sealed. The error
// [ErrNotRecipient] means that another key or passphrase is needed, and any other
// error that the ciphertext is damaged.
//
// # Keys
//
// Public keys of age and of SSH can be used together, apart from age's
// post-quantum keys, which can only be used with each other. No error contains a
// key, since a private key may be in the place of a public one.
//
// [age]: https://age-encryption.org
package envelope

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
)

// Recipients are public keys for which secrets are encrypted.
type Recipients []age.Recipient

// ParseRecipient reads one public key: "age1…", "ssh-ed25519 …" or "ssh-rsa …"
// as in an authorized_keys file. Errors do not contain the text, which may be a
// private key that was pasted by mistake. They continue a sentence that begins with
// the name of the key.
func ParseRecipient(text string) (age.Recipient, error) {
	var recipient age.Recipient
	var err error
	switch {
	case strings.HasPrefix(text, "age1pq1"):
		recipient, err = age.ParseHybridRecipient(text)
	case strings.HasPrefix(text, "age1"):
		recipient, err = age.ParseX25519Recipient(text)
	case strings.HasPrefix(text, "ssh-"):
		recipient, err = agessh.ParseRecipient(text)
	case strings.HasPrefix(text, "AGE-SECRET-KEY-"), strings.Contains(text, "PRIVATE KEY"):
		return nil, errors.New("is a private key; its public key is wanted, which age-keygen -y prints")
	default:
		return nil, errors.New("is neither an age public key (age1…) nor an SSH public key (ssh-ed25519 … or ssh-rsa …)")
	}
	if err != nil {
		return nil, errors.New("is not a valid public key, or of a kind that age does not support; copy it whole")
	}
	return recipient, nil
}

// ParseRecipients reads public keys that are used together.
func ParseRecipients(texts []string) (Recipients, error) {
	var recipients Recipients
	for i, text := range texts {
		recipient, err := ParseRecipient(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d %w", i+1, err)
		}
		recipients = append(recipients, recipient)
	}
	if _, err := age.Encrypt(io.Discard, recipients...); len(recipients) > 0 && err != nil {
		return nil, errors.New("post-quantum recipients (age1pq1…) cannot be mixed with others")
	}
	return recipients, nil
}

// AgeIdentity is a private key, which age calls an identity. The zero AgeIdentity
// opens nothing.
type AgeIdentity struct{ identities []age.Identity }

// ParseAgeIdentity reads a private key: the content of an age identity file
// ("AGE-SECRET-KEY-1…", comments allowed) or of an SSH private key file without
// a passphrase. The error is ErrLineBreaksLost if the text was a private key with
// several lines once. Errors do not contain the text.
func ParseAgeIdentity(text string) (AgeIdentity, error) {
	if strings.Contains(text, "-----BEGIN") {
		identity, err := agessh.ParseIdentity([]byte(text))
		if err != nil && lineBreaksLost(text) {
			return AgeIdentity{}, ErrLineBreaksLost
		}
		if err != nil {
			return AgeIdentity{}, errors.New("is not an SSH private key that age supports (ed25519 or RSA, without a passphrase)")
		}
		return AgeIdentity{[]age.Identity{identity}}, nil
	}
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil && lineBreaksLost(text) {
		return AgeIdentity{}, ErrLineBreaksLost
	}
	if err != nil {
		return AgeIdentity{}, errors.New("is neither an age identity (AGE-SECRET-KEY-1…) nor an SSH private key")
	}
	return AgeIdentity{identities}, nil
}

// ErrLineBreaksLost means that blanks, or backslashes with an n, are where the line
// breaks of a private key were.
var ErrLineBreaksLost = errors.New("is a private key that has lost its line breaks")

// lineBreaksLost explains a text that is no private key.
func lineBreaksLost(text string) bool {
	text = strings.TrimSpace(text)
	ofSSH, ofAge := strings.Contains(text, "-----BEGIN"), strings.Contains(text, "AGE-SECRET-KEY-")
	escaped := strings.Contains(text, `\n`) && (ofSSH || ofAge)
	flat := !strings.Contains(text, "\n") && (ofSSH && strings.Contains(text, "-----END") || ofAge && strings.HasPrefix(text, "#"))
	return escaped || flat
}

// IsZero reports whether there is no key.
func (i AgeIdentity) IsZero() bool { return len(i.identities) == 0 }

// ErrNotRecipient means that the ciphertext was not made for this key or passphrase.
var ErrNotRecipient = errors.New("the ciphertext was not made for this key or passphrase")

// maxSecret is how many bytes Open reads at most.
const maxSecret = 1 << 20

// Open returns the secret in an armored ciphertext.
func (i AgeIdentity) Open(armored string) (string, error) {
	if i.IsZero() {
		return "", ErrNotRecipient
	}
	return open(armored, i.identities...)
}

func open(armored string, identities ...age.Identity) (string, error) {
	// The reader refuses spaces before the first line, which a copy may have.
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(strings.TrimSpace(armored)+"\n")), identities...)
	if _, mismatch := errors.AsType[*age.NoIdentityMatchError](err); mismatch {
		return "", ErrNotRecipient
	}
	if err != nil {
		return "", errors.New("this is not an armored age ciphertext, or it is damaged")
	}
	secret, err := io.ReadAll(io.LimitReader(plain, maxSecret))
	if err != nil {
		return "", errors.New("the age ciphertext is damaged")
	}
	return string(secret), nil
}
