// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// privateMemory is the key of private state where a rotation.Memory is kept.
const privateMemory = "rotation"

// privateState is the framework's private state, of which it exports no type.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// readMemory returns the zero Memory where nothing is remembered.
func readMemory(ctx context.Context, private privateState) (rotation.Memory, diag.Diagnostics) {
	content, diags := private.GetKey(ctx, privateMemory)
	memory, err := rotation.DecodeMemory(content)
	if err != nil {
		diags.Append(privateStateUnreadable(privateMemory))
	}
	return memory, diags
}

// writeMemory leaves alone what is as it should be.
func writeMemory(ctx context.Context, private privateState, memory rotation.Memory) diag.Diagnostics {
	current, diags := private.GetKey(ctx, privateMemory)
	content, err := memory.Encode()
	if err != nil {
		diags.Append(privateStateUnwritable(privateMemory, err))
	}
	if diags.HasError() || bytes.Equal(current, content) {
		return diags
	}
	return append(diags, private.SetKey(ctx, privateMemory, content)...)
}
