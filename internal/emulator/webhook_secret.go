// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// WebhookSecretPath is the path to set the secret that signs webhook payloads, with
// POST.
const WebhookSecretPath = "/v1/integrator/webhook-secret"

// SignPayload returns the Signature header that a webhook with this payload would
// have now. It is "" until a secret is set.
func (s *Server) SignPayload(payload string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.webhookSecret == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(s.webhookSecret))
	mac.Write([]byte(payload))
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) setWebhookSecret(w http.ResponseWriter, r *http.Request) {
	members, invalid := membersOf(r.Body)
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	secret, _ := members["secret"].(string)
	if secret == "" {
		invalidFields(w, fieldError{Field: "secret", Message: "must be a string that is not empty", Code: "invalid-type"})
		return
	}
	s.webhookSecret = secret
	writeJSON(w, map[string]bool{"secretConfigured": true})
}
