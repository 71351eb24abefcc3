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
	// This is a map because encoding/json ignores the case of names if it decodes
	// into a struct. It stays nil if the body is null.
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, &fieldError{Field: "body", Message: "must be a JSON object", Code: "invalid-type"}
	}
	return members, nil
}
