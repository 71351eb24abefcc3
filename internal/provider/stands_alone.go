// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ validator.Set = standsAloneValidator{}

// standsAlone accepts a set of strings that has nothing beside this value.
func standsAlone(value string) validator.Set {
	return standsAloneValidator{types.StringValue(value)}
}

type standsAloneValidator struct{ value attr.Value }

func (v standsAloneValidator) Description(context.Context) string {
	return fmt.Sprintf("%s must be the only element", v.value)
}

func (v standsAloneValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v standsAloneValidator) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	var found, known int
	for _, element := range req.ConfigValue.Elements() {
		if element.Equal(v.value) {
			found++
		}
		if !element.IsUnknown() { // which may turn out to be the value
			known++
		}
	}
	if found > 0 && known > found {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(),
			fmt.Sprintf("%s includes all others: in %s, %s.", v.value, req.Path, v.Description(ctx)))
	}
}
