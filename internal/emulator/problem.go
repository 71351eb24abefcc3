// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
)

// The types of problem that the API documents.
const (
	ProblemUnauthorized       = "urn:problem-type:auth:unauthorized"
	ProblemTokenExpired       = "urn:problem-type:auth:token-expired"
	ProblemInvalidToken       = "urn:problem-type:auth:invalid-token"
	ProblemForbidden          = "urn:problem-type:auth:forbidden"
	ProblemInvalidFields      = "urn:problem-type:validation:invalid-fields"
	ProblemInvalidRequest     = "urn:problem-type:validation:invalid-request"
	ProblemNotFound           = "urn:problem-type:resource:not-found"
	ProblemConflict           = "urn:problem-type:resource:conflict"
	ProblemInternalError      = "urn:problem-type:system:internal-error"
	ProblemServiceUnavailable = "urn:problem-type:system:service-unavailable"
	ProblemDatabaseError      = "urn:problem-type:system:database-error"
)

const problemMediaType = "application/problem+json"

// fieldError is an entry of a validation problem's errors.
type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

// problemDocument is a problem in JSON, with its additional members.
func problemDocument(status int, problemType, title, detail string, more ...map[string]any) []byte {
	members := map[string]any{"type": problemType, "title": title, "status": status}
	if detail != "" {
		members["detail"] = detail
	}
	for _, m := range more {
		maps.Copy(members, m)
	}
	document, err := json.Marshal(members)
	if err != nil {
		panic(fmt.Sprintf("emulator: a problem document's members: %v", err))
	}
	return document
}

// problemType returns the type of the problem in a reply, if there is one. A fault
// can send a problem as plain JSON, so the content type does not matter.
func problemType(answer *reply) string {
	var problem struct{ Type string }
	if answer.status < 400 || json.Unmarshal(answer.body, &problem) != nil {
		return ""
	}
	return problem.Type
}

// refuse answers with a problem that is the client's mistake.
func refuse(w http.ResponseWriter, status int, problemType, code, detail string, more ...map[string]any) {
	members := map[string]any{
		"code":      code,
		"instance":  "urn:uuid:" + w.Header().Get(requestIDHeader),
		"retryable": false,
	}
	for _, m := range more {
		maps.Copy(members, m)
	}
	w.Header().Set("Content-Type", problemMediaType)
	w.WriteHeader(status)
	_, _ = w.Write(problemDocument(status, problemType, http.StatusText(status), detail, members))
}

func unauthorized(w http.ResponseWriter, problemType, code, detail string) {
	refuse(w, http.StatusUnauthorized, problemType, code, detail,
		map[string]any{"realm": "integrator", "scope": "integrator"})
}

func notFound(w http.ResponseWriter, resourceType, resourceID string) {
	refuse(w, http.StatusNotFound, ProblemNotFound, "not-found", "There is no such "+resourceType+".",
		map[string]any{"resourceType": resourceType, "resourceId": resourceID})
}

func invalidFields(w http.ResponseWriter, errors ...fieldError) {
	refuse(w, http.StatusBadRequest, ProblemInvalidFields, "invalid-fields", "The request has invalid fields.",
		map[string]any{"errors": errors})
}
