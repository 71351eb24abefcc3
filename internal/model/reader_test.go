// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"filippo.io/age"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// reader has the private key of the recipients.
type reader struct {
	pair   *age.X25519Identity
	opened map[string]string // by ciphertext, since opening takes its time
}

func newReader() (*reader, error) {
	pair, err := age.GenerateX25519Identity()
	return &reader{pair, map[string]string{}}, err
}

func (r *reader) recipient() string { return r.pair.Recipient().String() }

func (r *reader) key() string { return r.pair.String() }

// open opens a ciphertext; "" is for one that is for somebody else. Nobody opens
// any for a nil reader.
func (r *reader) open(ciphertext string) string {
	if r == nil {
		return ""
	}
	secret, known := r.opened[ciphertext]
	if !known {
		if identity, err := envelope.ParseAgeIdentity(r.key()); err == nil {
			secret, _ = identity.Open(ciphertext)
		}
		r.opened[ciphertext] = secret
	}
	return secret
}
