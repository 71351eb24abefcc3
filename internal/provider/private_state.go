// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// What integrator_api_secret keeps in private state. Refresh and plan may write
// there only what stays the same until something changes: all of it counts as a
// change of the state.
const (
	// privateLineage is a lineage.
	privateLineage = "lineage"
	// privateRotationDue is true once Read has found that the secret has reached
	// the age at which rotate_after_days rotates it.
	privateRotationDue = "rotation_due"
	// privateAdoptionDue is the fingerprint of the secret that Read has found to
	// be live in place of the one in state.
	privateAdoptionDue = "adoption_due"
	// privatePlanned is the action that ModifyPlan has decided on, for Update.
	privatePlanned = "planned"
	// privateReplacing is true in the plan of a new object, from where the Delete
	// of the one that it replaces gets it. No other Delete does.
	privateReplacing = "replacing"
	// privateUnwarned is true there if Terraform drops the warnings of that plan:
	// those of a tainted object it shows.
	privateUnwarned = "unwarned"
)

// lineage is what state remembers of a secret beside its value.
type lineage struct {
	IntegratorKey string `json:"integrator_key"`
	Endpoint      string `json:"endpoint"`
	// Superseded are the fingerprints of the secrets before this one, the oldest
	// first.
	Superseded []string `json:"superseded,omitempty"`
}

// maxSuperseded is how many superseded secrets a lineage remembers.
const maxSuperseded = 20

// supersedes reports whether a secret is one of the superseded.
func (l lineage) supersedes(fingerprint string) bool {
	return slices.Contains(l.Superseded, fingerprint)
}

// extend returns the lineage of a secret that comes after this one's and after
// all that are older.
func (l lineage) extend(fingerprint string, older ...string) lineage {
	superseded := slices.Clone(l.Superseded)
	for _, o := range older {
		if o != "" && !slices.Contains(superseded, o) {
			superseded = append(superseded, o)
		}
	}
	superseded = slices.DeleteFunc(superseded, func(f string) bool { return f == fingerprint })
	l.Superseded = superseded[max(0, len(superseded)-maxSuperseded):]
	return l
}

// privateState is the framework's private state, of which it exports no type.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// getPrivate returns the zero value for a key that is not there.
func getPrivate[T any](ctx context.Context, private privateState, key string) (value T, diags diag.Diagnostics) {
	content, diags := private.GetKey(ctx, key)
	if len(content) > 0 {
		if err := json.Unmarshal(content, &value); err != nil {
			diags.Append(privateStateUnreadable(key))
		}
	}
	return value, diags
}

// setPrivate writes a value, or removes the key for a zero value, and leaves
// alone what is as it should be.
func setPrivate[T any](ctx context.Context, private privateState, key string, value T) diag.Diagnostics {
	current, diags := private.GetKey(ctx, key)
	content, err := json.Marshal(value)
	if err != nil {
		diags.Append(privateStateUnwritable(key, err))
	}
	switch string(content) {
	case "false", `""`:
		content = nil
	}
	if diags.HasError() || bytes.Equal(current, content) {
		return diags
	}
	return append(diags, private.SetKey(ctx, key, content)...)
}
