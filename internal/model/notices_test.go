// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// What the provider says, by what it means for the secret in state.

// The loss of a new secret.
const (
	lostAndRefused = "The API secret was probably rotated, and its only copy is lost"
	perhapsLost    = "The API secret may have been rotated, and its new value is lost"
	unreadableLost = "The API secret was rotated, but the reply holds no readable secret"
	notTheAPIs     = "The API secret may have been rotated: the answer is not the API's"
	perhapsTwice   = "The secret may have been rotated twice"
)

// What becomes of the one in use.
const (
	notRotated     = "The API secret was not rotated"
	interruptedNow = "Interrupted before the replacement"
	putBack        = "The old secret was put back into the state"
	resumed        = "An interrupted rotation was completed"
	otherAccepted  = "The API accepts another secret beside the one in state"
	notKept        = "The old secret was not kept while it is replaced"
	notChecked     = "Whether the API secret is still valid could not be checked"
	anotherOwner   = "The secret belongs to another integrator or endpoint"
)

func tellsLoss(d diagnostic) bool {
	return slices.Contains([]string{lostAndRefused, perhapsLost, unreadableLost, notTheAPIs, perhapsTwice}, d.Summary)
}

// tellsDeath reports whether it says that the secret in state is not, or may not
// be, accepted.
func tellsDeath(d diagnostic) bool {
	return tellsLoss(d) && d.Summary != perhapsTwice ||
		slices.Contains([]string{
			otherAccepted,
			anotherOwner,
			"The secret to be rotated belongs to another integrator or endpoint",
			"The API does not accept the secret in state",
			"The API does not accept the secret in state, but another one",
			"The API accepts none of the secrets that could sign this rotation",
			"The secret to be adopted is gone",
			"A newer secret is in the recovery folder",
		}, d.Summary) ||
		d.Summary == notRotated && strings.Contains(d.Detail, "401 Unauthorized")
}

// said reports whether a command has said something of that kind.
func (r *ran) said(kind func(diagnostic) bool) bool { return slices.ContainsFunc(r.out.shown, kind) }

func (r *ran) saidSummary(summary string) bool {
	return r.said(func(d diagnostic) bool { return d.Summary == summary })
}

// promises are the times until which an error says that the old secret works.
func promises(d diagnostic) (times []time.Time) {
	for _, found := range regexp.MustCompile(`until (\d\S+Z)`).FindAllStringSubmatch(d.Detail, -1) {
		if at, err := time.Parse(time.RFC3339, found[1]); err == nil {
			times = append(times, at)
		}
	}
	return times
}
