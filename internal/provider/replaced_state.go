// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import "slices"

// replacedState is a state that Create is shown nothing of, although it takes its
// place: what Delete was shown in a replacement, to be put back by a Create that
// fails, or what Read was shown, should it be tainted.
type replacedState struct {
	model   apiSecretModel
	lineage lineage
	// unwarned says that nobody was shown the warnings of the plan to replace it.
	unwarned bool
}

// seeForeign notes a state of another integrator or endpoint.
func (c *secretChain) seeForeign(state replacedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.foreign = append(c.foreign, state)
}

// seeUntainted notes that a state is not tainted: plans are shown it.
func (c *secretChain) seeUntainted(state *apiSecretModel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.foreign = slices.DeleteFunc(c.foreign, func(f replacedState) bool { return f.model.Fingerprint.Equal(state.Fingerprint) })
}

// taintedForeign returns a state that seeForeign noted and that may be tainted,
// nil if there is none.
func (c *secretChain) taintedForeign() *replacedState {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.foreign) == 0 {
		return nil
	}
	return &c.foreign[0]
}

// replace keeps a state for a Create that fails.
func (c *secretChain) replace(state replacedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replaced = append(c.replaced, &state)
}

// replacedBy returns the state that replace kept whose place a Create of this
// plan takes, nil if there is none. Terraform does not tell which one it is where
// there are several: one with the same arguments is the likeliest. It is there
// for other Creates too, for a copy too many does no harm, and an empty state
// does.
func (c *secretChain) replacedBy(plan *apiSecretModel) *replacedState {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.replaced {
		if r.model.sameArguments(plan) {
			return r
		}
	}
	if len(c.replaced) == 0 {
		return nil
	}
	return c.replaced[0]
}

// dropReplaced forgets a state that has been replaced; nil is none.
func (c *secretChain) dropReplaced(state *replacedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replaced = slices.DeleteFunc(c.replaced, func(r *replacedState) bool { return r == state })
}
