// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// answers are what the API can say to a call of the types other than
// integrator_api_secret.
func answers() map[string]emulator.Fault {
	return map[string]emulator.Fault{
		"400": emulator.Problem(400, emulator.ProblemInvalidFields, "Bad Request", "", map[string]any{
			"errors": []map[string]string{{"field": "a.b", "message": "is odd", "code": "odd"}, {"field": "c", "message": "is bad"}, {"message": "It is all wrong"}}}),
		"401":                   emulator.Problem(401, emulator.ProblemUnauthorized, "Unauthorized", "The signature matches no valid secret."),
		"401: the user API key": emulator.Problem(401, emulator.ProblemInvalidToken, "Unauthorized", ""),
		"429, Retry-After 3600": emulator.TooManyRequests("3600"),
		"500":                   emulator.Problem(500, emulator.ProblemInternalError, "Internal error", "Something broke."),
		"a page":                {Status: 200, Body: "<html>", ContentType: "text/html"},
		"a cut connection":      {Drop: true},
	}
}

// answered has an entry for each answer to one call.
func answered(happens, method, path string, play func(s *session, answer func())) (entries []entry) {
	for _, name := range sortedNames(answers()) {
		entries = append(entries, message(happens+": "+name, func(s *session) {
			fault := answers()[name]
			fault.Times = -1
			play(s, func() { s.Inject(fault.On(method, path)) })
		}))
	}
	return entries
}

// lostMeanwhile lets a request take effect and something else happen, and then
// drops the answer.
func (s *session) lostMeanwhile(happen func()) emulator.Fault {
	reached, hold := make(chan struct{}, 1), make(chan struct{})
	go func() {
		select {
		case <-reached:
			happen()
			close(hold)
		case <-s.t.Context().Done():
		}
	}()
	return emulator.Fault{Drop: true, Reached: reached, Hold: hold}.After()
}

func (s *session) webhook() *block {
	return s.add("webhook", args{"url": hookURL, "events": []string{"payment.completed"}})
}

// made adds a webhook and applies that.
func (s *session) made() *block {
	s.t.Helper()
	webhook := s.webhook()
	s.mustApply()
	return webhook
}

func webhookMessages() []entry {
	create := func(s *session, faults ...emulator.Fault) {
		s.webhook()
		for _, fault := range faults {
			s.Inject(fault.On(http.MethodPost, emulator.WebhooksPath))
		}
		s.apply()
	}
	entries := answered("A webhook is created", http.MethodPost, emulator.WebhooksPath, func(s *session, answer func()) {
		s.webhook()
		answer()
		s.apply()
	})
	entries = append(entries,
		message("A webhook is created, and the answer is lost", func(s *session) { create(s, emulator.Fault{Drop: true}.After()) }),
		message("A webhook is created, the answer is lost, and so is the list", func(s *session) {
			list := emulator.Fault{Status: 503, Times: -1}
			s.Inject(emulator.Fault{}.On(http.MethodGet, emulator.WebhooksPath), list.On(http.MethodGet, emulator.WebhooksPath))
			create(s, emulator.Fault{Drop: true}.After())
		}),
		message("A webhook is created, the answer is lost, and somebody else creates one", func(s *session) {
			create(s, s.lostMeanwhile(func() { s.AddWebhook(hookURL, "payment.completed") }))
		}),
		message("A webhook is created, the answer is lost, and its events cannot be set right: 500", func(s *session) {
			s.Inject(emulator.Fault{Status: 500, Times: -1}.On(http.MethodPatch, ""))
			create(s, s.lostMeanwhile(func() {
				s.ChangeWebhook(s.Webhooks()[0].ID, func(w *emulator.Webhook) { w.Events = nil })
			}))
		}),
		message("A webhook is changed that is gone", func(s *session) {
			webhook := s.made()
			webhook.config["events"] = []string{"*"}
			plan := s.mustPlan()
			s.RemoveWebhook(webhook.object.Value.Text("id"))
			s.carryOut(plan)
		}))
	entries = append(entries,
		message("A webhook has an event that the provider does not know", func(s *session) {
			s.webhook().config["events"] = []string{"payment.invented"}
			s.plan()
		}),
		message("A webhook is created, and the API answers with other events", func(s *session) {
			create(s, emulator.Fault{Rewrite: func(reply map[string]any) {
				reply["events"] = []string{"payment.created", "payment.updated"}
			}})
		}),
		message("A webhook is disabled", func(s *session) {
			id := s.made().object.Value.Text("id")
			s.ChangeWebhook(id, func(w *emulator.Webhook) { w.FailureCount, w.Disabled = 12, true })
			s.plan()
		}))
	entries = append(entries, answered("A webhook is read", http.MethodGet, emulator.WebhooksPath, func(s *session, answer func()) {
		s.made()
		answer()
		s.plan()
	})...)
	entries = append(entries, answered("A webhook is changed", http.MethodPatch, "", func(s *session, answer func()) {
		s.made().config["events"] = []string{"*"}
		answer()
		s.apply()
	})...)
	entries = append(entries, answered("A webhook is deleted", http.MethodDelete, "", func(s *session, answer func()) {
		s.made()
		answer()
		s.destroy()
	})...)
	entries = append(entries, answered("The webhook secret is set", http.MethodPost, emulator.WebhookSecretPath, func(s *session, answer func()) {
		s.webhookSecret()
		answer()
		s.apply()
	})...)
	return append(entries,
		message("The webhook secret is destroyed", func(s *session) {
			s.webhookSecret()
			s.mustApply()
			s.destroy()
		}),
		message("A webhook is imported before the provider's settings are known", func(s *session) {
			s.unknown = []string{"endpoint"}
			s.importID(s.webhook(), "wh_1")
		}),
		message("A webhook is created, and the API's clock is ten minutes behind", func(s *session) {
			s.SetSkew(-10 * time.Minute)
			create(s)
		}))
}

const payloadSecret = "whsec_a_secret_of_the_payloads"

func (s *session) webhookSecret() *block {
	return s.add("webhook_secret", args{"secret_wo": payloadSecret, "secret_wo_version": 1})
}

func readMessages() []entry {
	const user = "ak_demo"
	entries := answered("The profile is read", http.MethodGet, emulator.ProfilePath, func(s *session, answer func()) {
		answer()
		s.read("profile")
	})
	entries = append(entries, answered("The webhooks are read", http.MethodGet, emulator.WebhooksPath, func(s *session, answer func()) {
		answer()
		s.read("webhooks")
	})...)
	entries = append(entries, answered("An access token is made", http.MethodPost, emulator.TokensPath, func(s *session, answer func()) {
		answer()
		s.open("access_token", args{"user_api_key": user})
	})...)
	for _, typeName := range []string{"profile", "webhooks"} {
		entries = append(entries, message("integrator_"+typeName+" is read before the provider's settings are known", func(s *session) {
			s.unknown = []string{"endpoint", "max_retries"}
			s.read(typeName)
		}))
	}
	return append(entries,
		message("An access token is made before the provider's settings are known", func(s *session) {
			s.unknown = []string{"integrator_secret", "skip_credentials_validation"}
			s.open("access_token", args{"user_api_key": user})
		}),
		message("A secret is decrypted before the provider's age_identity is known", func(s *session) {
			s.unknown = []string{"age_identity"}
			s.open("decrypted_secret", args{"ciphertext": "x"})
		}),
		message("A secret is decrypted without an identity", func(s *session) {
			s.open("decrypted_secret", args{"ciphertext": "x"})
		}),
		message("A secret is decrypted, and the ciphertext is none", func(s *session) {
			s.open("decrypted_secret", args{"ciphertext": "x", "age_identity": newKey(s.t).identity})
		}),
		message("A secret is decrypted, and the identity is another's", func(s *session) {
			secret := s.created(args{"recipients": []string{newKey(s.t).recipient}})
			s.open("decrypted_secret", args{"ciphertext": secret.object.Value.Text("encrypted_secret"), "age_identity": newKey(s.t).identity})
		}))
}
