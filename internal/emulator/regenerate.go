// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"time"
)

// RegeneratePath is the path to regenerate the secret, with POST.
const RegeneratePath = "/v1/integrator/regenerate-secret"

const maxGraceSeconds = 3600

func (s *Server) regenerate(w http.ResponseWriter, r *http.Request) {
	grace, invalid := graceOf(r.Body)
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}

	if limit := s.options.GraceLimit; limit != 0 {
		grace = max(min(grace, limit), 0)
	}
	value, expiry := s.rotate(grace)
	answer := map[string]string{"secret": value}
	if grace > 0 {
		answer["oldSecretExpiresAt"] = formatTime(expiry)
	}
	writeJSON(w, answer)
}

// graceOf reads the grace period in a request.
func graceOf(body io.Reader) (time.Duration, *fieldError) {
	const field = "oldSecretValidForSeconds"

	members, invalid := membersOf(body)
	if invalid != nil {
		return 0, invalid
	}
	value, present := members[field]
	if !present {
		return 0, nil
	}
	seconds, ok := value.(float64)
	if !ok || seconds != math.Trunc(seconds) {
		return 0, &fieldError{Field: field, Message: "must be a whole number", Code: "invalid-type"}
	}
	if seconds < 0 || seconds > maxGraceSeconds {
		return 0, &fieldError{Field: field, Message: fmt.Sprintf("must be between 0 and %d", maxGraceSeconds), Code: "out-of-range"}
	}
	return time.Duration(seconds) * time.Second, nil
}
