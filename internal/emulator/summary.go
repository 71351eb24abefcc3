// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"strings"
)

// Summary describes a request and its answer to a person, on one line. It numbers the
// secrets from 1 on, and shows nothing of them.
func (r Request) Summary() string {
	signed := "no secret of the API"
	if r.SignedWith >= 0 {
		signed = fmt.Sprintf("#%d", r.SignedWith+1)
	}
	summary := fmt.Sprintf("%-4s %-32s  %d, signed with %s", r.Method, r.Path, r.Status, signed)
	if r.Problem != "" {
		summary += ": " + strings.TrimPrefix(r.Problem, "urn:problem-type:")
	}
	return summary
}

// Masked returns the kind and the last four characters of a secret, which tell it
// from the others.
func Masked(secret string) string {
	const shown = 4
	rest, isKind := strings.CutPrefix(secret, secretKind)
	if !isKind || len(rest) < 3*shown {
		return "…"
	}
	return secretKind + "…" + rest[len(rest)-shown:]
}
