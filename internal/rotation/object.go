// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Object is a secret with what is configured for it, as a state holds both.
type Object struct {
	Arguments Arguments
	Held      Held
}

// Arguments are what is configured for a secret.
type Arguments struct {
	GracePeriod  time.Duration // old_secret_valid_for_seconds
	GraceUnknown bool          // known only after apply
	Triggers     Triggers      // rotate_when_changed
	Days         Days          // rotate_after_days
	Recipients   Recipients
}

// Triggers are the values of rotate_when_changed.
type Triggers struct {
	Unknown bool // the map as a whole is known only after apply
	// Values are in a form in which an unknown value differs from all known ones.
	Values map[string]string
}

// changed compares the triggers of a plan with those in state. An empty map is
// none. To add or to remove the map is no change; a value that is unknown yet is
// one.
func (t Triggers) changed(planned Triggers) bool {
	if len(t.Values) == 0 {
		return false
	}
	if planned.Unknown {
		return true
	}
	return len(planned.Values) > 0 && !maps.Equal(t.Values, planned.Values)
}

// fingerprint tells what causes a rotation.
func (t Triggers) fingerprint() string {
	values := t.Values
	if values == nil {
		values = map[string]string{}
	}
	content, _ := json.Marshal(values) // a map of strings always can
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// Days is the age in days at which a secret is rotated; the zero Days is none.
type Days struct {
	Unknown bool // known only after apply
	N       int64
}

// Recipients are the public keys that a secret is encrypted for.
type Recipients struct {
	Unknown bool     // known only after apply
	Keys    []string // nil for none; a list that is there and empty is a mistake
}

// Held is a secret as a state holds it. The zero Held is that of an import that
// has not been applied: nothing is known of the secret but whose it is.
type Held struct {
	IntegratorKey      string
	Endpoint           string           // base URL of the API, "" where the state does not say
	Secret             apisecret.Secret // in plaintext; zero where it is encrypted
	Ciphertext         string           // armored age ciphertext, "" where it is in plaintext
	Fingerprint        string
	OldSecretExpiresAt time.Time // zero where the secret before this one became invalid at once
	RotatedAt          time.Time // in UTC; zero where no rotation of this resource made it
	Version            int64     // Unix seconds, rising with each new secret
}

// Imported reports whether the secret itself is not in state yet.
func (h Held) Imported() bool { return h.Fingerprint == "" }

// RotateAt is when a secret of this age is to be rotated; the zero time if never.
func (h Held) RotateAt(days Days) time.Time {
	if days == (Days{}) || days.Unknown || h.Imported() {
		return time.Time{}
	}
	obtained := h.RotatedAt
	if obtained.IsZero() {
		obtained = time.Unix(h.Version, 0).UTC()
	}
	return obtained.AddDate(0, 0, int(days.N))
}
