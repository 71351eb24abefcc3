// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// dayOf is onDay as text, "" for no day.
func dayOf(n int) string {
	if n == 0 {
		return ""
	}
	return time.Unix(startedInUnix, 0).UTC().AddDate(0, 0, n).Format(time.RFC3339)
}

// Every kind of change of rotate_after_days. The new number of days decides whether
// a rotation is due. TestRotateAfterDaysIsChanged has some of it on a real Terraform.
func TestChangesOfDays(t *testing.T) {
	t.Parallel()
	s := newSession(t, emulator.Options{})
	b := s.apiSecret(nil)
	s.step(b, creates, 0)
	graces, today := []int{0}, 0
	for _, change := range []struct {
		day    int
		days   any
		effect effect
		open   bool // the plan leaves the rotation to the apply
		next   int
	}{
		{10, 30, stores, false, 30},   // added
		{10, 60, stores, false, 60},   // lengthened
		{10, nil, stores, false, 0},   // removed
		{40, 30, rotates, false, 70},  // added to a secret that is older
		{75, 60, stores, false, 100},  // was due, but is lengthened
		{75, 38, stores, false, 78},   // shortened
		{75, 36, rotates, true, 76},   // shortened to within a day of its age
		{75, 35, rotates, false, 110}, // shortened below its age
		{115, nil, stores, false, 0},  // was due, but is removed
	} {
		s.clock.Advance(time.Duration(change.day-today) * day)
		today = change.day
		b.config["rotate_after_days"] = change.days
		if change.effect == rotates && !change.open {
			graces = append(graces, 0)
		}
		planned, stored := s.step(b, change.effect, graces...)
		if change.effect == stores {
			expectText(t, "the planned next_rotation_at", planned.Text("next_rotation_at"), dayOf(change.next))
		}
		expectText(t, "next_rotation_at", stored.Text("next_rotation_at"), dayOf(change.next))
	}
}

// While the number of days is unknown, the plan shows a possible rotation. The apply
// decides. TestRotateAfterDaysIsUnknown has some of it on a real Terraform.
func TestDaysThatAreUnknown(t *testing.T) {
	t.Parallel()
	s := newSession(t, emulator.Options{})
	b := s.apiSecret(nil)
	var graces []int
	today := 0
	for i, change := range []struct {
		day, days int
		rotates   bool
		next      int
	}{
		{0, 30, true, 30},   // the first one creates
		{10, 60, false, 60}, // lengthened
		{40, 30, true, 70},  // shortened below its age
		{50, 30, false, 70}, // the same
		{80, 30, true, 110}, // the same, and due
	} {
		s.clock.Advance(time.Duration(change.day-today) * day)
		today = change.day
		b.config["rotate_after_days"], b.unknown = change.days, []string{"rotate_after_days"}
		if change.rotates {
			graces = append(graces, 0)
		}
		effect := rotates
		if i == 0 {
			effect = creates
		}
		planned, stored := s.step(b, effect, graces...)
		s.expectUnknown(planned, "secret", "next_rotation_at")
		expectText(t, "next_rotation_at", stored.Text("next_rotation_at"), dayOf(change.next))
	}
}
