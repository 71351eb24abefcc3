// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const (
	grace      = "old_secret_valid_for_seconds"
	wrong      = "sk_test_WRONGWRONGWRONGWRONGWRONG"
	configured = "INTEGRATOR_SECRET"
	ageKey     = "INTEGRATOR_AGE_IDENTITY"
)

// onCheck is a fault of the requests that check a secret.
func onCheck(fault emulator.Fault) emulator.Fault {
	fault.Times = -1
	return fault.On(http.MethodGet, emulator.ProfilePath)
}

// unchecked are the answers that leave open whether a secret is accepted.
func unchecked() map[string]emulator.Fault {
	return map[string]emulator.Fault{
		"500":                   emulator.Problem(500, emulator.ProblemInternalError, "Internal error", "Something broke."),
		"403":                   emulator.Problem(403, emulator.ProblemForbidden, "Forbidden", "Not for this integrator."),
		"404":                   emulator.Problem(404, emulator.ProblemNotFound, "Not Found", ""),
		"429, Retry-After 3600": emulator.TooManyRequests("3600"),
		"401: the user API key": emulator.Problem(401, emulator.ProblemInvalidToken, "Unauthorized", ""),
		"401: the key":          emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", "The integrator key is unknown."),
		"a cut connection":      {Drop: true},
		"a page":                {Status: 200, Body: "<html>", ContentType: "text/html"},
	}
}

func rotationPlanMessages() []entry {
	entries := []entry{
		message("A creation is planned, and no grace period is set", func(s *session) {
			s.apiSecret(args{grace: nil})
			s.plan()
		}),
		message("A creation is planned, with a grace period", func(s *session) {
			s.apiSecret(args{grace: 300})
			s.plan()
		}),
		message("A creation is planned, and the grace period is 0", func(s *session) {
			s.apiSecret(nil)
			s.plan()
		}),
		message("A creation is planned, and its grace period and the provider's settings are not known yet", func(s *session) {
			s.unknown = []string{"integrator_key", "endpoint"}
			s.apiSecret(args{grace: 300}).unknown = []string{grace}
			s.plan()
		}),
		message("A creation is planned, after one that was interrupted", func(s *session) {
			s.settings["recovery_dir"] = s.dir
			s.created(nil).object = nil
			s.plan()
		}),
		message("A creation is planned and applied, and no grace period is set", func(s *session) {
			s.apiSecret(args{grace: nil})
			s.apply()
		}),
		message("A creation is planned and applied by OpenTofu, and no grace period is set", func(s *session) {
			s.openTofu = true
			s.apiSecret(args{grace: nil})
			s.apply()
		}),
		message("A rotation is planned, and no grace period is set", func(s *session) {
			s.created(args{grace: nil}).rotate()
			s.plan()
		}),
		message("A replacement is planned, and no grace period is set", func(s *session) {
			s.created(args{grace: nil}).replace = true
			s.plan()
		}),
		message("A replacement is planned and applied, and no grace period is set", func(s *session) {
			s.created(args{grace: nil}).replace = true
			s.apply()
		}),
		message("A rotation is planned and applied by OpenTofu, and no grace period is set", func(s *session) {
			s.openTofu = true
			s.created(args{grace: nil}).rotate()
			s.apply()
		}),
		message("The replacement of a tainted secret is planned and applied, and no grace period is set", func(s *session) {
			s.taint(s.created(args{grace: nil}))
			s.apply()
		}),
		message("A rotation is planned while the secret before is still valid", func(s *session) {
			s.created(args{grace: 3600}).rotate()
			s.plan()
		}),
		message("A rotation is planned while the secret before is still valid, and the grace period is removed", func(s *session) {
			secret := s.created(args{grace: 3600})
			secret.config[grace] = nil
			secret.rotate()
			s.plan()
		}),
		message("rotate_after_days is not known yet, and no grace period is set", func(s *session) {
			secret := s.created(args{grace: nil, "rotate_after_days": 30})
			secret.config["rotate_after_days"], secret.unknown = 60, []string{"rotate_after_days"}
			s.plan()
		}),
		message("A rotation falls due by its age, and no grace period is set", func(s *session) {
			s.created(args{grace: nil, "rotate_after_days": 30})
			s.clock.Advance(31 * day)
			s.plan()
		}),

		message("A creation is planned, and integrator_secret is refused", func(s *session) {
			s.setenv(configured, wrong)
			s.apiSecret(nil)
			s.plan()
		}),
		message("A creation is planned, and the API's clock is two days ahead", func(s *session) {
			s.SetSkew(2 * day)
			s.apiSecret(nil)
			s.plan()
		}),
		message("A creation is planned, and the API's clock is ten minutes behind", func(s *session) {
			s.SetSkew(-10 * time.Minute)
			s.apiSecret(nil)
			s.plan()
		}),
		message("A creation is planned, and nothing listens at the endpoint", func(s *session) {
			s.setenv("INTEGRATOR_ENDPOINT", unreachable)
			s.apiSecret(nil)
			s.plan()
		}),
		message("A rotation is planned, and every secret is refused", func(s *session) {
			secret := s.created(nil)
			s.Revoke(s.Secret())
			secret.rotate()
			s.plan()
		}),
		message("A rotation is planned, and the API's clock is two days ahead", func(s *session) {
			s.created(nil).rotate()
			s.SetSkew(2 * day)
			s.plan()
		}),
		message("A replacement is planned, and every secret is refused", func(s *session) {
			secret := s.created(nil)
			s.Revoke(s.Secret())
			secret.replace = true
			s.plan()
		}),
		message("A rotation is planned, the secret in state is encrypted and cannot be opened, and integrator_secret is refused", func(s *session) {
			s.created(args{"recipients": []string{newKey(s.t).recipient}}).rotate()
			s.plan()
		}),
		message("A creation is planned, an entry of the recovery folder is encrypted and cannot be opened, and integrator_secret is refused", func(s *session) {
			s.settings["recovery_dir"] = s.dir
			s.created(args{"recipients": []string{newKey(s.t).recipient}}).object = nil
			s.plan()
		}),
		message("A rotation of an encrypted secret is planned, without recipients", func(s *session) {
			k := newKey(s.t)
			s.settings["age_identity"] = k.identity
			secret := s.created(args{"recipients": []string{k.recipient}})
			delete(secret.config, "recipients")
			secret.rotate()
			s.plan()
		}),
		message("A rotation is planned, and the secret in state cannot be checked: 500", func(s *session) {
			s.created(nil).rotate()
			s.Inject(onCheck(unchecked()["500"]))
			s.plan()
		}),
	}
	for _, answer := range sortedNames(unchecked()) {
		entries = append(entries, message("A creation is planned, and integrator_secret cannot be checked: "+answer, func(s *session) {
			s.apiSecret(nil)
			s.Inject(onCheck(unchecked()[answer]))
			s.plan()
		}))
	}
	return entries
}

func foreignMessages() []entry {
	another := func(s *session) { s.setenv("INTEGRATOR_KEY", "int_other") }
	return []entry{
		message("The provider is set to another integrator", func(s *session) {
			s.created(nil)
			another(s)
			s.plan()
		}),
		message("The provider is set to another integrator, and a rotation is planned", func(s *session) {
			s.created(nil).rotate()
			another(s)
			s.plan()
		}),
		message("The provider is set to another integrator, and a replacement is planned", func(s *session) {
			s.created(nil).replace = true
			another(s)
			s.plan()
		}),
		message("The provider is set to another integrator, and the secret is tainted", func(s *session) {
			s.taint(s.created(nil))
			another(s)
			s.plan()
		}),
		message("The provider is set to another endpoint, and a rotation is planned", func(s *session) {
			s.created(nil).rotate()
			s.setenv("INTEGRATOR_ENDPOINT", unreachable)
			s.plan()
		}),
		message("The provider is set to another integrator, and the secret is destroyed", func(s *session) {
			s.created(nil)
			another(s)
			s.destroy()
		}),
		message("A rotation was planned before the provider's key was known, and it is another's", func(s *session) {
			s.created(nil).rotate()
			s.settings["integrator_key"], s.unknown = "int_other", []string{"integrator_key"}
			s.apply()
		}),
		message("A replacement was planned before the provider's key was known, and it is another's", func(s *session) {
			s.created(nil).replace = true
			s.settings["integrator_key"], s.unknown = "int_other", []string{"integrator_key"}
			s.apply()
		}),
	}
}
