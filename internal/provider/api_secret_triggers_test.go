// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Every kind of change of rotate_when_changed. TestRotateWhenChanged has some of
// them on a real Terraform.
func TestChangesOfTriggers(t *testing.T) {
	t.Parallel()
	s := newSession(t, emulator.Options{})
	b := s.apiSecret(args{"old_secret_valid_for_seconds": 300})
	graces := []int{300}
	for i, change := range []struct {
		triggers map[string]string // each replaces the one before it; nil is null, and "" an element that is
		effect   effect
	}{
		{map[string]string{"a": "1", "b": "1"}, creates},
		{map[string]string{"a": "1", "b": "2"}, rotates},
		{map[string]string{"a": "1"}, rotates},
		{map[string]string{"b": "1"}, rotates},
		{map[string]string{"b": ""}, rotates},
		{map[string]string{"a": "1", "b": ""}, rotates},
		{nil, stores},
		{map[string]string{"a": "2"}, stores},
		{map[string]string{}, stores},
		{map[string]string{"a": "3"}, stores},
		{map[string]string{}, stores},
		{nil, stores},
		{map[string]string{}, stores},
	} {
		b.config["rotate_when_changed"] = nil
		if change.triggers != nil {
			b.config["rotate_when_changed"] = elements(change.triggers)
		}
		if change.effect == rotates {
			graces = append(graces, 300)
		}
		_, stored := s.step(b, change.effect, graces...)
		if version := stored.Number("version"); version != startedInUnix+int64(len(graces)-1) { // the clock stands still
			t.Errorf("step %d: version %d", i, version)
		}
	}
}

// A trigger that comes from another resource is unknown while that resource changes.
// If the trigger is the same in the end, nothing is rotated.
// TestRotateWhenChangedIsUnknown has some of it on a real Terraform.
func TestTriggersThatAreUnknown(t *testing.T) {
	t.Parallel()
	s := newSession(t, emulator.Options{})
	b := s.apiSecret(nil)
	const value, whole = "rotate_when_changed.*", "rotate_when_changed"
	graces := []int{0}
	for _, change := range []struct {
		unknown, trigger string // "" for no trigger
		effect           effect // that is planned
		rotates          bool
	}{
		{"", "1", creates, false},
		{value, "2", rotates, true},
		{value, "2", rotates, false},
		{whole, "3", rotates, true},
		{whole, "3", rotates, false},
		{"", "", stores, false},
		{whole, "4", stores, false},
		{"", "{}", stores, false},
		{whole, "5", stores, false},
		{"", "", stores, false},
		{value, "6", stores, false},
	} {
		b.unknown = []string{change.unknown}
		switch change.trigger {
		case "":
			b.config["rotate_when_changed"] = nil
		case "{}":
			b.config["rotate_when_changed"] = map[string]string{}
		default:
			b.config["rotate_when_changed"] = map[string]string{"a": change.trigger}
		}
		if change.rotates {
			graces = append(graces, 0)
		}
		s.step(b, change.effect, graces...)
	}
}
