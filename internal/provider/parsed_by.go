// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = parsedByValidator{}

// parsedBy accepts what check accepts, so that a rule is not stated twice. An
// empty value counts as unset. The message does not repeat the value, which may
// be a secret; hints, such as where else it can come from, end it.
func parsedBy(check func(string) error, hints ...string) validator.String {
	return parsedByValidator{check, hints}
}

type parsedByValidator struct {
	check func(string) error
	hints []string
}

func (v parsedByValidator) Description(context.Context) string { return "value must be well-formed" }

func (v parsedByValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v parsedByValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.ValueString() == "" { // null and unknown too
		return
	}
	if err := v.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.Append(explainedAttributeError(req.Path, "invalid-setting", "Invalid "+req.Path.String(),
			strings.Join(append([]string{fmt.Sprintf("The value of %s %s.", req.Path, err)}, v.hints...), " ")))
	}
}
