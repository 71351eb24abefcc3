// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// parseRegenerated takes the secret out of a reply whatever else is wrong with
// it; nil if there is none.
func parseRegenerated(body []byte) *apisecret.RegeneratedSecret {
	members := leadingMembers(body)
	var secret, expiry string
	if json.Unmarshal(members["secret"], &secret) != nil || secret == "" {
		return nil
	}
	regenerated := &apisecret.RegeneratedSecret{Secret: apisecret.New(secret)}
	raw := members["oldSecretExpiresAt"]
	if len(raw) == 0 || string(raw) == "null" {
		return regenerated
	}
	if json.Unmarshal(raw, &expiry) != nil {
		expiry = string(raw)
	}
	parsed, err := time.Parse(time.RFC3339, expiry)
	if err != nil {
		regenerated.OddExpiry = fmt.Sprintf("%.64s", cleanText(redact(expiry, regenerated.Secret)))
	}
	regenerated.OldSecretExpiresAt = parsed
	return regenerated
}

// leadingMembers reads a JSON object member by member, up to its end or to the
// point where it breaks off: a secret that came whole must not be lost with it.
func leadingMembers(body []byte) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return members
	}
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			break
		}
		if name, isString := name.(string); isString {
			members[name] = value
		}
	}
	return members
}
