// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const hookSecret = "integrator_webhook_secret.test"

func webhookSecret(secret string, version int) string {
	return fmt.Sprintf("resource \"integrator_webhook_secret\" \"test\" {\n  secret_wo         = %q\n  secret_wo_version = %d\n}\n", secret, version)
}

// signed checks that webhook payloads are signed with the secret, "" for none,
// and that what is in state is the rest.
func (f *fixture) signed(secret string, version int) []statecheck.StateCheck {
	stored := func(attribute string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(hookSecret, tfjsonpath.New(attribute), want)
	}
	return []statecheck.StateCheck{
		stored("id", knownvalue.StringFunc(func(id string) error {
			if id != f.Key() {
				return fmt.Errorf("not %s", f.Key())
			}
			return f.signs(secret)
		})),
		stored("secret_wo", knownvalue.Null()),
		stored("secret_wo_version", knownvalue.Int64Exact(int64(version))),
	}
}

func (f *fixture) signs(secret string) error {
	const payload = `{"event":"payment.created"}`
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(payload))
	if signature := f.SignPayload(payload); signature != hex.EncodeToString(mac.Sum(nil)) {
		return errors.New("payloads are not signed with the secret")
	}
	return nil
}

func (f *fixture) expectSecretSent(times int) {
	f.t.Helper()
	if got := f.Count(http.MethodPost, emulator.WebhookSecretPath); got != times {
		f.t.Errorf("the webhook secret was sent %d times, not %d", got, times)
	}
}

func secretAction(want plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(hookSecret, want)
}

// TestTaintedWebhookSecretIsSetAgain has more.
func TestWebhookSecret(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	f := newFixture(t, emulator.Options{})
	f.terraform(
		resource.TestStep{
			Config: webhookSecret("first", 1),
			ConfigPlanChecks: preApply(secretAction(plancheck.ResourceActionCreate),
				plancheck.ExpectKnownValue(hookSecret, tfjsonpath.New("id"), knownvalue.StringExact(f.Key()))),
			ConfigStateChecks: f.signed("first", 1),
		},
		resource.TestStep{ // without a new version, nothing happens
			Config:            webhookSecret("second", 1),
			ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: f.signed("first", 1),
		},
		resource.TestStep{
			Config: webhookSecret("second", 2),
			ConfigPlanChecks: preApply(secretAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(hookSecret, tfjsonpath.New("id"), knownvalue.StringExact(f.Key()))),
			ConfigStateChecks: f.signed("second", 2),
		},
	)
	if err := f.signs("second"); err != nil {
		t.Errorf("after destroy: %v", err)
	}
	f.expectSecretSent(2)
}

// Each integrator has a webhook secret of its own.
func TestWebhookSecretOfAnotherIntegrator(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	f, other := newFixture(t, emulator.Options{}), newFixture(t, emulator.Options{Key: "int_other"})
	f.terraform(
		resource.TestStep{Config: webhookSecret("first", 1)},
		resource.TestStep{
			PreConfig: func() {
				for name, value := range other.env {
					f.setenv(name, value)
				}
			},
			Config:            webhookSecret("second", 1),
			ConfigPlanChecks:  preApply(secretAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: other.signed("second", 1),
		},
	)
	if err := f.signs("first"); err != nil {
		t.Error(err)
	}
}

// TestEachFailureToSetTheWebhookSecret has other failures.
func TestWebhookSecretIsNotSet(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	f := newFixture(t, emulator.Options{})
	fail := func(fault emulator.Fault) func() {
		return func() { f.Inject(fault.On(http.MethodPost, emulator.WebhookSecretPath)) }
	}
	f.terraform(
		resource.TestStep{
			PreConfig:   fail(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")),
			Config:      webhookSecret("first", 1),
			ExpectError: says("The webhook secret was not set", "set integrator_secret to the live secret before each run", "depends_on"),
		},
		resource.TestStep{
			Config:            webhookSecret("first", 1),
			ConfigPlanChecks:  preApply(secretAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: f.signed("first", 1),
		},
	)
	f.expectSecretSent(2)
}

func TestWebhookSecretBadInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	const block = `resource "integrator_webhook_secret" "test" { %s }`
	var steps []resource.TestStep
	for _, tt := range []struct{ config, says string }{
		{webhookSecret("", 1), "Attribute secret_wo string length must be at least 1"},
		{webhookSecret("planted\n", 1), "wrap it in trimspace(…)"},
		{webhookSecret("planted\ufeff", 1), "begins or ends with the byte order mark U+FEFF"},
		{fmt.Sprintf(block, `secret_wo = "planted"`), `"secret_wo_version" is required`},
		{fmt.Sprintf(block, `secret_wo_version = 1`), `"secret_wo" is required`},
		{strings.Replace(webhookSecret("planted", 1), "= 1", "= 1.5", 1), "secret_wo_version"},
	} {
		steps = append(steps, resource.TestStep{Config: tt.config, ExpectError: says(tt.says)})
	}
	f.terraform(steps...)
	if sent := len(f.Requests()); sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

// Terraform before 1.11 does not know write-only arguments, so it does not set
// WriteOnlyAttributesAllowed.
func TestWebhookSecretNeedsTerraform111(t *testing.T) {
	t.Parallel()
	server := bareServer(t)
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "secret_wo": tftypes.String, "secret_wo_version": tftypes.Number}}
	config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, map[string]tftypes.Value{
		"id":                tftypes.NewValue(tftypes.String, nil),
		"secret_wo":         tftypes.NewValue(tftypes.String, "planted"),
		"secret_wo_version": tftypes.NewValue(tftypes.Number, 1),
	}))
	if err != nil {
		t.Fatal(err)
	}
	for allowed, problems := range map[bool]int{true: 0, false: 1} {
		resp, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName:           "integrator_webhook_secret",
			Config:             &config,
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: allowed},
		})
		if err != nil || len(resp.Diagnostics) != problems {
			t.Fatalf("%+v %v", resp, err)
		}
		for _, d := range resp.Diagnostics {
			text := d.Summary + " " + d.Detail
			if !says("secret_wo", "only supported in Terraform 1.11 and later").MatchString(text) || strings.Contains(text, "planted") {
				t.Errorf("says %s", text)
			}
		}
	}
}

const secretStaysInForce = "Warning: The webhook secret stays in force"

// A destroy warns once of what it leaves behind, and no other command does. OpenTofu
// does not tell the provider that it is applying, which is when it plans the old
// object of a create_before_destroy.
func TestWebhookSecretWarning(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	c := newCLI(t, emulator.Options{}, webhookSecret("first", 1))
	replaced := strings.Replace(webhookSecret("second", 2), "}\n", "  lifecycle { create_before_destroy = true }\n}\n", 1)
	told := 0
	if missing(t, wordOfApplying()) != "" {
		told = 1
	}
	for _, tt := range []struct {
		config  string
		command []string
		times   int
	}{
		{webhookSecret("first", 1), []string{"apply", "-auto-approve"}, 0},
		{webhookSecret("second", 2), []string{"apply", "-auto-approve"}, 0},
		{webhookSecret("second", 2), []string{"apply", "-auto-approve", "-replace=" + hookSecret}, 0},
		{replaced, []string{"apply", "-auto-approve", "-replace=" + hookSecret}, told},
		{replaced, []string{"plan", "-destroy"}, 1},
		{"", []string{"plan"}, 1},
		{replaced, []string{"destroy", "-auto-approve"}, 1},
	} {
		c.write(tt.config)
		c.expect(c.terraform(0, tt.command[0], tt.command[1:]...), secretStaysInForce, tt.times)
	}
}
