// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package apisecret has the types that the client of the API and the rotation
// share. It knows neither HTTP nor Terraform.
//
// A [Secret] holds the API secret, or another credential, so that it cannot be
// printed by mistake. A [RegenerateInput] asks for a new one. The answer is a
// [RegeneratedSecret] or a [*RegenerateError].
//
// An [Outcome] says what became of one attempt, in detail. Its [Effect] says what
// matters most: whether the secret was regenerated. The API shows a new secret
// only once, so a caller has to tell three cases apart:
//
//   - [Unchanged]: there is no new secret, and the old one is as valid as before.
//   - [Unknown]: there may be a new secret that nobody has, and the old one may expire.
//   - [Changed]: the old secret expires. If there is an error nevertheless, the new
//     one can only be in Reply of the [RegenerateError].
package apisecret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
)

// Redacted is printed in place of a secret.
const Redacted = "(redacted)"

// Secret is a credential that must not be printed: an API secret or a bearer
// key. However it is formatted or encoded, only Redacted is printed. Only Reveal
// returns the value. The zero Secret stands for "none".
type Secret struct {
	_     [0]func() // forbids ==, which does not compare in constant time: use Equal
	value *string   // fmt does not call Format for %p and for unexported fields, and then prints only the address
}

// New wraps a credential. An empty string gives the zero Secret.
func New(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the credential itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no credential.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// Fingerprint is the first 16 hex digits of the SHA-256 of the secret. That is
// enough to tell secrets apart, and useless for signing. The zero Secret has none.
func (s Secret) Fingerprint() string {
	if s.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:8])
}

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// MarshalText implements encoding.TextMarshaler, which encoding/json uses too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
