// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestWebhookSecret(t *testing.T) {
	t.Parallel()
	const payload = `{"event":"payment.created"}`
	for _, secret := range []string{"whsec_1", `a "quoted" <ä> secret`} {
		s := newStage(t, emulator.Options{})
		if err := s.client().SetWebhookSecret(t.Context(), apisecret.New(secret)); err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(payload))
		if s.SignPayload(payload) != hex.EncodeToString(mac.Sum(nil)) {
			t.Error("payloads are not signed with it")
		}
	}
}

func TestWebhookSecretIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", "{}", `{"secretConfigured":false}`, `{"secretConfigured":"yes"}`, "<html>"} {
		s := newStage(t, emulator.Options{})
		s.Inject(emulator.Fault{Status: 200, Body: body})
		if err := s.client().SetWebhookSecret(t.Context(), apisecret.New("whsec_1")); err == nil {
			t.Errorf("%q: no error", body)
		}
		s.wantSent(t, 0, 1)
	}
}
