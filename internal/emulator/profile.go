// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "net/http"

// ProfilePath is the path of the integrator's profile, for GET.
const ProfilePath = "/v1/integrator/"

func (s *Server) profile(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{
		"id":                   "8b6f2d4e-3c1a-4f57-9d0e-5a7c1e2b9f30",
		"integratorKey":        s.options.Key,
		"name":                 "Demo Integrator",
		"email":                "integrator@example.com",
		"canSubsidizeUserFees": false,
		"achDebitEnabled":      true,
		"billPayEnabled":       true,
		"createdAt":            "2025-01-15T09:30:00.000Z",
	})
}
