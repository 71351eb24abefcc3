// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// secretChain is what this process has seen of the integrator's secret.
// Terraform shows Create nothing of the state that it replaces; what Read, plan
// and Delete were shown before is kept here. A plan and its apply are different
// processes, so it never holds more than one of them has seen.
type secretChain struct {
	mu       sync.Mutex
	obtained apisecret.Secret
	spent    spending
	inState  []stateSecret
	foreign  []replacedState // those that Read has found to be another's, and that may be tainted
	replaced []*replacedState
	probes   map[string]error
}

// spending is what became of the one rotation that a process may make.
type spending int

const (
	unspent     spending = iota
	spentInVain          // it may have been made, but the new secret is not in hand
	spent
)

// stateSecret is a secret seen in a state, current or deposed.
type stateSecret struct {
	secret             apisecret.Secret // zero if it is encrypted and cannot be opened
	fingerprint        string
	version            int64
	oldSecretExpiresAt time.Time
	lineage            lineage
}

// see notes the secret of a state and returns it: the zero Secret if there is
// none, or none that can be opened.
func (i *integrator) see(state *apiSecretModel, before lineage) apisecret.Secret {
	secret := i.open(state.Secret.ValueString(), state.EncryptedSecret.ValueString(), state.Fingerprint.ValueString())
	fingerprint := state.Fingerprint.ValueString()
	if fingerprint == "" {
		return secret
	}
	c := &i.secrets
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.inState, func(s stateSecret) bool { return s.fingerprint == fingerprint }) {
		return secret
	}
	expires, _ := state.OldSecretExpiresAt.ValueRFC3339Time() // zero where null
	c.inState = append(c.inState, stateSecret{secret, fingerprint, state.Version.ValueInt64(), expires, before})
	slices.SortStableFunc(c.inState, func(a, b stateSecret) int { return cmp.Compare(b.version, a.version) })
	return secret
}

// obtain notes a secret that this process has made or taken over and returns its
// version: the Unix second, but always above that of the secrets seen before.
func (c *secretChain) obtain(secret apisecret.Secret, at time.Time) (version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.obtained = secret
	version = at.Unix()
	if len(c.inState) > 0 {
		version = max(version, c.inState[0].version+1)
	}
	return version
}

// spend notes that this process has rotated the secret, or may have.
func (c *secretChain) spend(s spending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent = s
}

func (c *secretChain) spending() spending {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spent
}

// signers are the secrets that may sign a rotation, the likeliest first: the one
// obtained here, those in state, then the others given.
func (c *secretChain) signers(others ...apisecret.Secret) []apisecret.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	candidates := []apisecret.Secret{c.obtained}
	for _, s := range c.inState {
		candidates = append(candidates, s.secret)
	}
	var signers []apisecret.Secret
	for _, s := range append(candidates, others...) {
		if !s.IsZero() && !slices.ContainsFunc(signers, s.Equal) {
			signers = append(signers, s)
		}
	}
	return signers
}

// holds reports whether a secret was seen in a state.
func (c *secretChain) holds(fingerprint string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.inState, func(s stateSecret) bool { return s.fingerprint == fingerprint })
}

// sealed reports whether a secret in state could not be opened.
func (c *secretChain) sealed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.inState, func(s stateSecret) bool { return s.secret.IsZero() })
}

// lineage is that of the newest secret seen in a state.
func (c *secretChain) lineage() lineage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.inState) == 0 {
		return lineage{}
	}
	return c.inState[0].lineage
}

// succeeded reports whether a newer secret than the given is known.
func (c *secretChain) succeeded(fingerprint string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.obtained.IsZero() {
		return c.obtained.Fingerprint() != fingerprint
	}
	return len(c.inState) > 0 && c.inState[0].fingerprint != fingerprint
}

// fingerprints are those of all secrets that are known here, and of the others
// given.
func (c *secretChain) fingerprints(others ...string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := others
	if !c.obtained.IsZero() {
		all = append(all, c.obtained.Fingerprint())
	}
	for _, s := range c.inState {
		all = append(all, s.fingerprint)
	}
	return all
}

// openWindow is the end of the newest secret's grace period, if that lies after
// now; the zero time otherwise.
func (c *secretChain) openWindow(now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.inState) > 0 && c.inState[0].oldSecretExpiresAt.After(now) {
		return c.inState[0].oldSecretExpiresAt
	}
	return time.Time{}
}

// probe asks the API whether it accepts the secret, once in this process. The
// result is that of client.Probe.
func (i *integrator) probe(ctx context.Context, secret apisecret.Secret) error {
	c := &i.secrets
	c.mu.Lock()
	err, known := c.probes[secret.Fingerprint()]
	c.mu.Unlock()
	if known {
		return err
	}
	err = i.client.Probe(ctx, secret)
	if ctx.Err() != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.probes == nil {
		c.probes = map[string]error{}
	}
	c.probes[secret.Fingerprint()] = err
	return err
}
