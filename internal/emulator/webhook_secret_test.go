// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"testing"
)

func TestWebhookSecret(t *testing.T) {
	t.Parallel()
	const payload = `{"event":"payment.created"}`
	c := start(t, Options{})
	if signature := c.SignPayload(payload); signature != "" {
		t.Errorf("without a secret, the signature is %s", signature)
	}
	for _, secret := range []string{"first", "second"} {
		a := c.do(c.request(c.Secret(), "POST", WebhookSecretPath, fmt.Sprintf(`{"secret":%q}`, secret)))
		if a.status != 200 || a.json(t)["secretConfigured"] != true {
			t.Fatalf("%d %s", a.status, a.body)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(payload))
		if want := fmt.Sprintf("%x", mac.Sum(nil)); c.SignPayload(payload) != want {
			t.Errorf("the payload is not signed with the %s secret", secret)
		}
	}
	for _, body := range []string{``, `[]`, `{}`, `{"secret":""}`, `{"secret":1}`, `{"Secret":"x"}`} {
		before := c.SignPayload(payload)
		if a := c.do(c.request(c.Secret(), "POST", WebhookSecretPath, body)); a.status != 400 || c.SignPayload(payload) != before {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}
