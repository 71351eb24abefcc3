// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package apisecret is what the rotation and the client of the API both speak
// of: the API secret itself, and what can become of a call that makes a new one.
// It knows neither HTTP nor Terraform.
package apisecret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
)

// Redacted stands in for a secret wherever one would be printed.
const Redacted = "(redacted)"

// Secret is a credential that must not be printed: an API secret or a bearer
// key. Every way of formatting or encoding it yields a placeholder; Reveal is
// the one way to its value. The zero Secret stands for "none".
type Secret struct {
	_     [0]func() // rules out ==, for which there is Equal
	value *string   // a pointer: fmt's %p, and any verb for an unexported field, go past Format
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

// Fingerprint is the first 16 hex digits of the SHA-256 of the secret: enough
// to tell secrets apart, of no use for signing. The zero Secret has none.
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
