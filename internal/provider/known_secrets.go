// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"sync"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// knownSecrets is what this process has seen of the integrator's secret.
// Terraform shows Create nothing of the state that it replaces; what Read, plan
// and Delete were shown before is kept here. A plan and its apply are different
// processes, so it is never more than that.
type knownSecrets struct {
	mu       sync.Mutex
	seen     []seenSecret // in state, the newest first
	obtained client.Secret
}

type seenSecret struct {
	secret             client.Secret
	version            int64
	oldSecretExpiresAt time.Time
}

// learn notes the secret of a state, current or deposed.
func (k *knownSecrets) learn(state *apiSecretModel) {
	secret := client.NewSecret(state.Secret.ValueString())
	if secret.IsZero() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.ContainsFunc(k.seen, func(s seenSecret) bool { return s.secret.Equal(secret) }) {
		return
	}
	expires, _ := state.OldSecretExpiresAt.ValueRFC3339Time() // zero where null
	k.seen = append(k.seen, seenSecret{secret, state.Version.ValueInt64(), expires})
	slices.SortStableFunc(k.seen, func(a, b seenSecret) int { return int(b.version - a.version) })
}

// obtain notes a secret that this process has made and returns its version: the
// Unix second, but always above that of the secrets seen before.
func (k *knownSecrets) obtain(secret client.Secret, at time.Time) (version int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.obtained = secret
	version = at.Unix()
	if len(k.seen) > 0 {
		version = max(version, k.seen[0].version+1)
	}
	return version
}

// signers are the secrets that may sign a rotation, the likeliest first.
func (k *knownSecrets) signers(configured client.Secret) []client.Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	var signers []client.Secret
	if !k.obtained.IsZero() {
		signers = append(signers, k.obtained)
	}
	for _, s := range k.seen {
		signers = append(signers, s.secret)
	}
	return append(signers, configured)
}

// superseded reports whether this process knows a newer secret than the given.
func (k *knownSecrets) superseded(secret client.Secret) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.obtained.IsZero() {
		return !k.obtained.Equal(secret)
	}
	return len(k.seen) > 0 && !k.seen[0].secret.Equal(secret)
}

// openWindow is the end of the newest secret's grace period, if that lies after
// now; the zero time otherwise.
func (k *knownSecrets) openWindow(now time.Time) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) > 0 && k.seen[0].oldSecretExpiresAt.After(now) {
		return k.seen[0].oldSecretExpiresAt
	}
	return time.Time{}
}
