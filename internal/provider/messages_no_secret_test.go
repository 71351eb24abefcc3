// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

// without is what is told once integrator_secret is not set any more.
func without(happens string, before, after func(s *session)) entry {
	return message(happens, func(s *session) {
		before(s)
		s.setenv(configured, "")
		after(s)
	})
}

func secretlessMessages() []entry {
	nothing := func(*session) {}
	return []entry{
		without("A creation is planned", nothing, func(s *session) {
			s.apiSecret(nil)
			s.plan()
		}),
		without("A creation is planned and applied", nothing, func(s *session) {
			s.apiSecret(nil)
			s.apply()
		}),
		without("A replacement with create_before_destroy is applied", func(s *session) { s.created(nil) }, func(s *session) {
			s.blocks[0].replace, s.blocks[0].createFirst = true, true
			s.apply()
		}),
		without("A replacement is applied", func(s *session) { s.created(nil) }, func(s *session) {
			s.blocks[0].replace = true
			s.apply()
		}),
		without("The replacement of a tainted secret is planned", func(s *session) { s.created(nil) }, func(s *session) {
			s.taint(s.blocks[0])
			s.plan()
		}),
		message("The replacement of a tainted secret is planned, and integrator_secret is made up", func(s *session) {
			s.taint(s.created(nil))
			s.setenv(configured, wrong)
			s.plan()
		}),
		without("A rotation is planned, and the secret in state cannot be opened", func(s *session) {
			s.created(args{"recipients": recipientsOf(newKey(s.t))})
		}, func(s *session) {
			s.blocks[0].rotate()
			s.plan()
		}),
		without("The replacement of a tainted secret is planned, and it cannot be opened", func(s *session) {
			s.created(args{"recipients": recipientsOf(newKey(s.t))})
		}, func(s *session) {
			s.taint(s.blocks[0])
			s.plan()
		}),
		without("The secret is destroyed", func(s *session) { s.created(nil) }, (*session).destroy),
		without("The secret in state is refused", func(s *session) { s.created(nil) }, func(s *session) {
			s.Rotate(0)
			s.plan()
		}),
		without("The integrator's secret is imported", func(s *session) { s.apiSecret(nil) }, func(s *session) {
			s.importID(s.blocks[0], s.Key())
		}),
		without("An import is not applied yet", func(s *session) { s.importID(s.apiSecret(nil), s.Key()) }, func(s *session) { s.plan() }),
		without("A webhook is created", func(s *session) { s.webhook() }, func(s *session) { s.apply() }),
		without("The profile is read", nothing, func(s *session) { s.read("profile") }),
		without("An access token is made", nothing, func(s *session) { s.open("access_token", args{"user_api_key": "ak_demo"}) }),
	}
}
