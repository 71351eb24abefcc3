// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"encoding/json"
	"errors"
	"time"
)

// Kind says what an entry may be used for.
type Kind string

// The kinds.
const (
	// Made is a secret that a rotation made, from the reply until a state has been seen
	// to hold it. It may be the outcome of a rotation that was interrupted.
	Made Kind = "made"
	// Kept is a secret that may only sign.
	Kept Kind = "kept"
)

// Record is what is known of a secret, without the secret. All times may be zero for
// unknown, and all fingerprints empty for none: those of secrets are in the form of
// apisecret.Secret.Fingerprint.
type Record struct {
	Kind Kind `json:"kind"`
	// IntegratorKey and Endpoint say whose secret it is. Folder sets them.
	IntegratorKey string `json:"integrator_key"`
	Endpoint      string `json:"endpoint"`
	// Fingerprint is that of the secret itself.
	Fingerprint string `json:"fingerprint"`
	// SentAt is when the request that made the secret was sent, by the clock of the
	// machine that sent it. Entries are ordered by it.
	SentAt time.Time `json:"sent_at,omitzero"`
	// ObtainedAt is when its reply came.
	ObtainedAt time.Time `json:"obtained_at,omitzero"`
	// OldSecretExpiresAt is when the secret before it expires, or zero if that became
	// invalid at once.
	OldSecretExpiresAt time.Time `json:"old_secret_expires_at,omitzero"`
	// SignedBy is the fingerprint of the secret that signed the request.
	SignedBy string `json:"signed_by,omitempty"`
	// InState are the fingerprints of the secrets that the state held before the
	// rotation, as far as Terraform showed them.
	InState []string `json:"in_state,omitempty"`
	// Created says that the rotation made a new object in the state, rather than change
	// one.
	Created bool `json:"created,omitempty"`
	// Triggers is the fingerprint of the values that caused the rotation.
	Triggers string `json:"triggers,omitempty"`
	// Configured is the fingerprint of the secret that was configured.
	Configured string `json:"configured,omitempty"`
	// Superseded are the fingerprints of the secrets that are older than this one.
	Superseded []string `json:"superseded,omitempty"`
	// Unproven are those of them that nobody has seen the API accept.
	Unproven []string `json:"unproven,omitempty"`
}

// Copy is a sealed copy of a secret.
type Copy struct {
	// With is the fingerprint of the secret that is the passphrase. It is empty for a
	// copy that is encrypted for public keys.
	With string
	// Ciphertext is an armored age file.
	Ciphertext string
	// Path is where Load found the copy: age -d PATH prints the secret. It is not used
	// to save or to remove one.
	Path string
}

// Found is an entry of the folder, or what is left of one.
type Found struct {
	// Record has, where there is no usable metadata, the kind Kept and the fingerprint
	// in the names of the files. The fingerprint is empty for a copy that a killed
	// process left before it had its name: whoever opens the copy learns it.
	Record
	// Copies are those that are whole; opening one can fail nevertheless. There may be
	// none.
	Copies []Copy

	leftover string // its path, if it is a copy without its name
}

// errForeign says that metadata is of another integrator or endpoint.
var errForeign = errors.New("it is of another integrator or endpoint")

// parseRecord reads the metadata of a secret. No error contains any of it.
func (f *Folder) parseRecord(content []byte, fingerprint string) (Record, error) {
	var record Record
	if err := json.Unmarshal(content, &record); err != nil {
		return Record{}, errors.New("it is not the JSON that was written")
	}
	switch {
	case record.Kind != Made && record.Kind != Kept, record.IntegratorKey == "", record.Endpoint == "":
		return Record{}, errors.New("it is incomplete, or of a later version of the provider")
	case record.IntegratorKey != f.key || record.Endpoint != f.endpoint:
		return Record{}, errForeign
	case record.Fingerprint != fingerprint:
		return Record{}, errors.New("it is of another secret than its name says")
	}
	return record, nil
}

func (f *Folder) encode(record Record) ([]byte, error) {
	record.IntegratorKey, record.Endpoint = f.key, f.endpoint
	return json.MarshalIndent(record, "", "  ")
}
