// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func applyMessages() []entry {
	interrupted := func(s *session) {
		plan := s.mustPlan()
		s.interrupted = true
		s.carryOut(plan)
	}
	imported := func(s *session, id string) { s.importID(s.apiSecret(nil), id) }
	return []entry{
		message("A second resource rotates the secret in the same run", func(s *session) {
			s.apiSecret(nil)
			s.apiSecret(nil)
			s.apply()
		}),
		message("A second resource rotates the secret in the same run, after the first was told nothing", func(s *session) {
			s.apiSecret(nil)
			s.apiSecret(nil)
			s.Inject(onRotation(emulator.HTML(504)))
			s.apply()
		}),
		message("The secret to be adopted is gone when the plan is applied", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(0))
			plan := s.mustPlan()
			s.setenv(configured, wrong)
			s.told = nil
			s.carryOut(plan)
		}),
		message("The secret to be adopted is refused when the plan is applied", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Rotate(0))
			plan := s.mustPlan()
			s.Rotate(0)
			s.told = nil
			s.carryOut(plan)
		}),
		message("A rotation is interrupted before it is sent", func(s *session) {
			s.created(nil).rotate()
			interrupted(s)
		}),
		message("A replacement is interrupted before anything is changed", func(s *session) {
			s.created(nil).replace = true
			interrupted(s)
		}),
		message("A creation is interrupted before it is sent", func(s *session) {
			s.apiSecret(nil)
			interrupted(s)
		}),
		message("Recipients turn out to be no keys when the plan is applied (Terraform itself checks them before)", func(s *session) {
			secret := s.apiSecret(args{"recipients": []string{"nonsense"}})
			secret.unknown = []string{"recipients"}
			plan := s.mustPlan()
			s.trusting = true
			s.carryOut(plan)
		}),
		message("Recipients turn out to be an empty list when the plan is applied (Terraform itself checks them before)", func(s *session) {
			secret := s.apiSecret(args{"recipients": []string{}})
			secret.unknown = []string{"recipients"}
			plan := s.mustPlan()
			s.trusting = true
			s.carryOut(plan)
		}),

		message("The integrator's secret is imported", func(s *session) { imported(s, s.Key()) }),
		message("Another integrator's secret is imported", func(s *session) { imported(s, "int_other") }),
		message("The import names a secret", func(s *session) { imported(s, s.Secret()) }),
		message("An import, and integrator_secret is refused", func(s *session) {
			s.setenv(configured, wrong)
			imported(s, s.Key())
		}),
		message("An import, and integrator_secret cannot be checked: 500", func(s *session) {
			s.Inject(onCheck(unchecked()["500"]))
			imported(s, s.Key())
		}),
		message("An import, and the provider's settings are known only after apply", func(s *session) {
			s.unknown = []string{"integrator_key", "integrator_secret"}
			imported(s, s.Key())
		}),
	}
}
