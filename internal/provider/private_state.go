// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// flag is a yes or no in a resource's private state: the key is there, or not.
type flag string

const (
	// rotationDue is kept by Read: the secret has reached the age at which
	// rotate_after_days rotates it.
	rotationDue flag = "rotation_due"
	// rotationPlanned is how ModifyPlan tells Update what it decided.
	rotationPlanned flag = "rotation_planned"
)

// privateState is the framework's private state, of which it exports no type.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func (f flag) get(ctx context.Context, private privateState) (bool, diag.Diagnostics) {
	value, diags := private.GetKey(ctx, string(f))
	return len(value) > 0, diags
}

// set writes nothing if the flag is as it should be: what an idle refresh writes
// counts as a change of the state.
func (f flag) set(ctx context.Context, private privateState, value bool) diag.Diagnostics {
	is, diags := f.get(ctx, private)
	if is == value || diags.HasError() {
		return diags
	}
	if value {
		return append(diags, private.SetKey(ctx, string(f), []byte("true"))...)
	}
	return append(diags, private.SetKey(ctx, string(f), nil)...) // removes it
}
