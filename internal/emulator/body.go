// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"io"
)

// membersOf reads a body that must be a JSON object.
func membersOf(body io.Reader) (map[string]any, *fieldError) {
	raw, err := io.ReadAll(body)
	if err != nil || len(raw) == 0 {
		return nil, &fieldError{Field: "body", Message: "is required", Code: "required"}
	}
	// A map, for a struct would take the names in any case. Null leaves it nil.
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, &fieldError{Field: "body", Message: "must be a JSON object", Code: "invalid-type"}
	}
	return members, nil
}
