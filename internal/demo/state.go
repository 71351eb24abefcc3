// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// state is what Terraform has in its state of the secret, zero if it has none.
type state struct {
	secret             string
	oldSecretExpiresAt time.Time
	version            int64
}

func (c *cli) state(ctx context.Context) (state, error) {
	shown, err := c.exec.Show(ctx)
	if err != nil {
		return state{}, err
	}
	if shown.Values == nil {
		return state{}, nil
	}
	s := state{secret: output(shown.Values, "api_secret")}
	s.oldSecretExpiresAt, _ = time.Parse(time.RFC3339, output(shown.Values, "old_secret_expires_at")) // zero where null
	for _, resource := range shown.Values.RootModule.Resources {
		if resource.Address == resourceAddress {
			version, _ := resource.AttributeValues["version"].(json.Number)
			s.version, _ = version.Int64()
		}
	}
	return s, nil
}

// output is the value of an output that is a string, "" where there is none.
func output(values *tfjson.StateValues, name string) string {
	output, ok := values.Outputs[name]
	if !ok {
		return ""
	}
	text, _ := output.Value.(string)
	return text
}
