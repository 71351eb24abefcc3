// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"encoding/json"
	"slices"
)

// Memory is what is remembered with a secret from one call of Terraform to the
// next. Refresh and plan may only write there what stays the same until something
// changes: each change of it is a change of the state.
type Memory struct {
	History
	// RotationDue says that Refresh has found that the secret has reached the age
	// at which rotate_after_days rotates it.
	RotationDue bool `json:"rotation_due,omitempty"`
	// AdoptionDue is the fingerprint of the secret that Refresh has found to be
	// live in place of the one in state.
	AdoptionDue string `json:"adoption_due,omitempty"`
	// Undated says that nothing is known of when that secret was made, or what it
	// replaced: it is only configured. An import takes no more than the secret.
	Undated bool `json:"undated,omitempty"`
	// Planned is the action that Plan has decided on, for Update.
	Planned Action `json:"planned,omitempty"`
	// Replacing is set in the plan of a new object. The Delete of the object that it
	// replaces is shown that plan's memory; no other Delete is.
	Replacing bool `json:"replacing,omitempty"`
	// Unwarned is set there if Terraform drops the warnings of that plan, so that
	// nobody has read them yet. It shows those of a tainted object.
	Unwarned bool `json:"unwarned,omitempty"`
}

// Encode returns the memory as JSON, nil for one that remembers nothing.
func (m Memory) Encode() ([]byte, error) {
	content, err := json.Marshal(m)
	if string(content) == "{}" {
		return nil, err
	}
	return content, err
}

// DecodeMemory reads what Encode wrote.
func DecodeMemory(content []byte) (m Memory, err error) {
	if len(content) > 0 {
		err = json.Unmarshal(content, &m)
	}
	return m, err
}

// History is where a secret comes from.
type History struct {
	IntegratorKey string `json:"integrator_key,omitempty"`
	Endpoint      string `json:"endpoint,omitempty"` // base URL of the API
	// Superseded are the fingerprints of the secrets before this one, the oldest
	// first.
	Superseded []string `json:"superseded,omitempty"`
	// Unproven are those of them that were only configured: nobody has seen the API
	// accept one, and it may be a dummy.
	Unproven []string `json:"unproven,omitempty"`
}

// maxSuperseded is how many superseded secrets a history remembers.
const maxSuperseded = 20

// Known reports whether there is a history at all.
func (h History) Known() bool { return h.IntegratorKey != "" }

// Supersedes reports whether a secret is one of those before this one.
func (h History) Supersedes(fingerprint string) bool {
	return slices.Contains(h.Superseded, fingerprint)
}

// Names reports whether a secret is one of those before this one, and was one of the
// integrator's.
func (h History) Names(fingerprint string) bool {
	return h.Supersedes(fingerprint) && !slices.Contains(h.Unproven, fingerprint)
}

// extend returns the history of a secret that comes after this one's and after
// all that are older. Those of them that are not proven stay so, unless the history
// has named them before.
func (h History) extend(fingerprint string, older, unproven []string) History {
	before := h
	isOlder := func(f string) bool { return slices.Contains(older, f) }
	// Those that are older move to the end, so that what is configured all the time is
	// never forgotten.
	h.Superseded = slices.DeleteFunc(slices.Clone(h.Superseded), isOlder)
	for _, o := range older {
		if o != "" && !h.Supersedes(o) {
			h.Superseded = append(h.Superseded, o)
		}
	}
	h.Superseded = slices.DeleteFunc(h.Superseded, func(f string) bool { return f == fingerprint })
	h.Superseded = h.Superseded[max(0, len(h.Superseded)-maxSuperseded):]

	h.Unproven = slices.DeleteFunc(slices.Clone(h.Unproven), isOlder)
	for _, u := range unproven {
		if !before.Names(u) && !slices.Contains(h.Unproven, u) {
			h.Unproven = append(h.Unproven, u)
		}
	}
	h.Unproven = slices.DeleteFunc(h.Unproven, func(f string) bool { return !h.Supersedes(f) })
	return h
}
