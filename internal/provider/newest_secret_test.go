// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// In the published configurations, a second provider block signs with the secret that
// the first one rotates: from the first apply to the last, whatever is configured.
func TestNewestSecret(t *testing.T) {
	t.Parallel()
	eachNewest(t, func(t *testing.T, config string) {
		t.Helper()
		config = withoutGrace(t, config)
		c := newNewest(t, config)
		c.terraform(0, "apply", "-auto-approve")
		c.expectLastSigner(http.MethodPost, 1)

		c.env = append(c.env, "INTEGRATOR_SECRET=sk_test_that_has_expired")
		c.terraform(0, "plan", "-detailed-exitcode")

		config = strings.Replace(config, `, "payment.refunded"`, "", 1)
		c.write(config)
		c.terraform(0, "apply", "-auto-approve", "-replace=integrator_api_secret.example")
		c.expectLastSigner(http.MethodPatch, 2)
		c.terraform(0, "plan", "-detailed-exitcode")

		made := c.AddWebhook("https://example.com/by-hand", "*")
		c.write(config + `
			resource "integrator_webhook" "by_hand" {
				provider = integrator.newest
				url      = "https://example.com/by-hand"
				events   = ["*"]
			}`)
		c.env = append(c.env, "INTEGRATOR_SECRET=") // nor need there be one
		c.terraform(0, "import", "integrator_webhook.by_hand", made.ID)
		c.terraform(0, "plan", "-detailed-exitcode")

		c.terraform(0, "destroy", "-auto-approve")
		c.expectLastSigner(http.MethodDelete, 2)
		c.expectRotations(2)
		if left := len(c.Webhooks()); left > 0 {
			t.Errorf("%d webhooks are left", left)
		}
	})
}

// As they stand, the published configurations leave an empty plan.
func TestNewestSecretAsPublished(t *testing.T) {
	t.Parallel()
	eachNewest(t, func(t *testing.T, config string) {
		t.Helper()
		c := newNewest(t, config)
		c.terraform(0, "apply", "-auto-approve")
		c.terraform(0, "plan", "-detailed-exitcode")
		c.expectRotations(1)
	})
}

// The block of the second provider has to outlive what it made by one apply.
func TestNewestSecretIsRemovedInTwoSteps(t *testing.T) {
	t.Parallel()
	config := withoutGrace(t, publishedExamples(t)["newest-secret/plain/main.tf"])
	c := newNewest(t, config)
	c.terraform(0, "apply", "-auto-approve")
	withoutProvider, _, _ := strings.Cut(config, "# Signs with")
	withoutResources, _, _ := strings.Cut(config, `resource "integrator_webhook"`)
	c.write(withoutProvider)
	c.expect(c.terraform(1, "plan"), "Provider configuration not present", 1)
	c.write(withoutResources)
	c.terraform(0, "apply", "-auto-approve")
	c.write(withoutProvider)
	c.terraform(0, "plan", "-detailed-exitcode")
}

// With recipients, secret is null: the second provider takes INTEGRATOR_SECRET then.
func TestNewestSecretIsNullWithRecipients(t *testing.T) {
	t.Parallel()
	config := withoutGrace(t, publishedExamples(t)["newest-secret/plain/main.tf"])
	config, _, _ = strings.Cut(config, `data "integrator_profile"`)
	recipients := "recipients = [" + `"` + newKey(t).recipient + `"` + "]\n"
	const days = "rotate_after_days            = 30\n"
	c := newNewest(t, strings.Replace(config, days, days+recipients, 1))
	output := c.terraform(1, "apply", "-auto-approve") // INTEGRATOR_SECRET has been replaced, and is not in the state
	c.expect(output, "a second provider block", 1)
	c.expect(output, "with recipients, the secret of integrator_api_secret is null", 1)
	c.expectRotations(1)
	c.expectLastSigner(http.MethodGet, 0)
}

// eachNewest runs a test with each of the published configurations.
func eachNewest(t *testing.T, test func(t *testing.T, config string)) {
	t.Helper()
	for file, config := range publishedExamples(t) {
		if !strings.HasPrefix(file, "newest-secret/") {
			continue
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(config, "ephemeral") {
				needs(t, ephemeralResources())
			}
			test(t, config)
		})
	}
}

// withoutGrace makes an old secret of no use for anything.
func withoutGrace(t *testing.T, config string) string {
	t.Helper()
	const grace = "old_secret_valid_for_seconds = "
	if !strings.Contains(config, grace+"300") {
		t.Fatal("the example has another grace period")
	}
	return strings.Replace(config, grace+"300", grace+"0", 1)
}

func newNewest(t *testing.T, config string) *newest {
	t.Helper()
	key := newKey(t)
	c := &newest{newCLI(t, emulator.Options{}, config)}
	c.env = append(c.env, "INTEGRATOR_AGE_IDENTITY="+key.identity, "TF_VAR_recipient="+key.recipient)
	return c
}

type newest struct{ *cli }

// expectLastSigner checks which secret signed the last call for webhooks with a method.
func (c *newest) expectLastSigner(method string, want int) {
	c.t.Helper()
	signer := -1
	for _, request := range c.Requests() {
		if request.Method == method && strings.HasPrefix(request.Path, emulator.WebhooksPath) {
			signer = request.SignedWith
		}
	}
	if signer != want {
		c.t.Errorf("the last %s was signed with secret %d, not %d", method, signer, want)
	}
}
