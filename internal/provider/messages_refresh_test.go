// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func refreshMessages() []entry {
	entries := []entry{
		message("All is well", func(s *session) {
			s.created(nil)
			s.plan()
		}),
		message("The API's clock is ten minutes ahead", func(s *session) {
			s.created(nil)
			s.SetSkew(10 * time.Minute)
			s.plan()
		}),

		message("The secret was rotated elsewhere, with a grace period, and integrator_secret is the new one", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(time.Hour))
			s.plan()
		}),
		message("The secret was rotated elsewhere, and integrator_secret is the new one", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(0))
			s.plan()
		}),
		message("The secret was rotated elsewhere, integrator_secret is the new one, and a rotation is planned", func(s *session) {
			s.created(nil).rotate()
			s.setenv(configured, s.Rotate(0))
			s.plan()
		}),
		message("The secret was rotated elsewhere, integrator_secret is the new one, and that is applied", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(0))
			s.apply()
		}),
		message("The secret was rotated elsewhere, and integrator_secret is the one before", func(s *session) {
			s.created(nil)
			s.Rotate(0)
			s.plan()
		}),
		message("The secret was rotated elsewhere, and integrator_secret is another that is refused", func(s *session) {
			s.created(nil)
			s.Rotate(0)
			s.setenv(configured, wrong)
			s.plan()
		}),
		message("The secret was imported, and is refused before it was stored", func(s *session) {
			s.importID(s.apiSecret(nil), s.Key())
			s.Rotate(0)
			s.plan()
		}),
		message("The secret is refused, and integrator_secret cannot be checked: 500", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(0))
			refused := onCheck(emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", ""))
			refused.Times = 1
			s.Inject(refused, onCheck(unchecked()["500"]))
			s.plan()
		}),
		message("The secret is refused, and the API's clock is two days ahead", func(s *session) {
			s.created(nil)
			s.SetSkew(2 * day)
			s.plan()
		}),

		message("The secret is encrypted, and identity is another's", func(s *session) {
			s.created(args{"recipients": []string{newKey(s.t).recipient}})
			s.setenv(ageKey, newKey(s.t).identity)
			s.plan()
		}),
		message("The secret is encrypted, and there is no identity", func(s *session) {
			s.created(args{"recipients": []string{newKey(s.t).recipient}})
			s.plan()
		}),
		message("Recipients are added", func(s *session) {
			s.created(nil).config["recipients"] = []string{newKey(s.t).recipient}
			s.plan()
		}),
		message("Recipients are added that are not known yet", func(s *session) {
			s.created(nil).unknown = []string{"recipients"}
			s.plan()
		}),
		message("Recipients are changed", func(s *session) {
			secret := s.created(args{"recipients": []string{newKey(s.t).recipient}})
			secret.config["recipients"] = []string{newKey(s.t).recipient}
			s.plan()
		}),
		message("Recipients are removed", func(s *session) {
			secret := s.created(args{"recipients": []string{newKey(s.t).recipient}})
			secret.config["recipients"] = nil
			s.plan()
		}),
		message("Recipients are changed with a rotation", func(s *session) {
			key := newKey(s.t)
			s.setenv(ageKey, key.identity)
			secret := s.created(args{"recipients": []string{key.recipient}})
			secret.config["recipients"] = []string{newKey(s.t).recipient}
			secret.rotate()
			s.plan()
		}),

		message("The secret is destroyed by OpenTofu", func(s *session) {
			s.openTofu = true
			s.created(nil)
			s.destroy()
		}),
		message("The secret is destroyed", func(s *session) {
			s.created(nil)
			s.destroy()
		}),
	}
	for _, answer := range sortedNames(unchecked()) {
		entries = append(entries, message("The secret cannot be checked: "+answer, func(s *session) {
			s.created(nil)
			s.Inject(onCheck(unchecked()[answer]))
			s.plan()
		}))
	}
	return entries
}
