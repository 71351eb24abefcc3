// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const (
	ends       = "Warning: The secret in use becomes invalid"
	endsAtOnce = "Warning: The secret in use becomes invalid at once"
	endsEarly  = "Warning: An older secret may expire early"
	staysValid = "Warning: The API secret stays valid"
	oddExpiry  = "Warning: The API gave no usable expiry"
)

// A warning is shown where it matters, once, and nowhere else. In the plan of a
// replacement, Terraform drops all warnings but a tainted object's; the apply
// shows them.
func TestWarnings(t *testing.T) {
	t.Parallel()
	const (
		graceLeftOut = `rotate_when_changed = { a = %d }`
		noGrace      = `rotate_when_changed = { a = %d }` + "\nold_secret_valid_for_seconds = 0"
		anHour       = `rotate_when_changed = { a = %d }` + "\nold_secret_valid_for_seconds = 3600"
	)
	c := newCLI(t, emulator.Options{}, secretResource(""))
	for i, tt := range []struct {
		arguments string
		trigger   int
		command   []string
		rotations int // so far
		warning   string
	}{
		{anHour, 1, []string{"plan"}, 0, ends},
		{noGrace, 1, []string{"plan"}, 0, endsAtOnce},
		{graceLeftOut, 1, []string{"plan"}, 0, endsAtOnce},
		{graceLeftOut, 1, []string{"apply", "-auto-approve"}, 1, endsAtOnce},
		{graceLeftOut, 1, []string{"plan"}, 1, ""},
		{graceLeftOut, 2, []string{"plan"}, 1, endsAtOnce},
		{graceLeftOut, 2, []string{"apply", "-auto-approve"}, 2, endsAtOnce},
		{noGrace, 3, []string{"apply", "-auto-approve"}, 3, ""},
		{anHour, 4, []string{"apply", "-auto-approve"}, 4, ""},
		{anHour, 4, []string{"apply", "-auto-approve"}, 4, ""},
		{anHour, 5, []string{"apply", "-auto-approve"}, 5, endsEarly},
		{anHour, 5, []string{"plan", "-replace=" + address}, 5, ""},
		{anHour, 5, []string{"taint", address}, 5, ""},
		{anHour, 5, []string{"apply", "-auto-approve"}, 6, endsEarly},
		{anHour, 5, []string{"apply", "-auto-approve", "-replace=" + address}, 7, endsEarly},
		{anHour, 5, []string{"plan", "-destroy"}, 7, staysValid},
		{anHour, 5, []string{"destroy", "-auto-approve"}, 7, staysValid},
	} {
		c.write(secretResource(fmt.Sprintf(tt.arguments, tt.trigger)))
		t.Logf("%d: terraform %v", i+1, tt.command)
		output := c.terraform(0, tt.command[0], tt.command[1:]...)
		c.expectRotations(tt.rotations)
		if tt.warning == "" {
			c.expect(output, "Warning: ", 0)
			continue
		}
		c.expect(output, "Warning: ", 1)
		c.expect(output, tt.warning, 1)
		if missing(t, wordOfApplying()) == "" { // or else what the plan has said is said again, and merged
			c.expect(output, "similar warning elsewhere", 0)
		}
	}
}

// A plan that cannot tell yet whether a rotation is due warns of it.
func TestWarningsWhileTheAgeIsUnknown(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.add("api_secret", args{"rotate_after_days": 30})
	secret.unknown = []string{"rotate_after_days"}
	s.mustApply()
	secret.config["rotate_after_days"] = 60
	s.mustApply()
	s.expectTold("Warning: ", 1)
	s.expectTold(endsAtOnce, 1)
	s.expectRotations(1)
	s.expectSettled()
}

// TestEachWarningAboutRecipientsIsSaidOnce has the others.
func TestRecipientWarnings(t *testing.T) {
	t.Parallel()
	config := func(k key) string { return secretResource(recipients(k) + "old_secret_valid_for_seconds = 0\n") }
	c := newCLI(t, emulator.Options{}, config(newKey(t)))
	c.terraform(0, "apply", "-auto-approve")
	c.write(config(newKey(t)))
	output := c.terraform(0, "apply", "-auto-approve")
	c.expect(output, "Warning: The recipients count from the next rotation", 1)
	c.expect(output, "Warning: ", 1)
}

func TestReplacementIsNoDestroy(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	for i, createFirst := range []bool{false, false, true} { // the first one creates
		c.write(secretResource(fmt.Sprintf("old_secret_valid_for_seconds = 3600\nlifecycle { create_before_destroy = %t }", createFirst)))
		output := c.terraform(0, "apply", "-auto-approve", "-replace="+address)
		c.expect(output, staysValid, 0)
		c.expect(output, fmt.Sprintf("1 added, 0 changed, %d destroyed", min(i, 1)), 1)
		c.expectRotations(i + 1)
	}
}

func TestOddExpiryIsReported(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.apiSecret(args{grace: 300})
	s.Inject(onRotation(emulator.Fault{Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = "soon" }}))
	s.mustApply()
	s.expectTold(oddExpiry, 1)
	s.expectTold(`expires at "soon"`, 1)
	s.mustPlan()
	s.expectTold("Warning", 0)
}

// Terraform lets a provider defer changes in these plans, as it does in an apply. A
// plan that has refreshed knows that it is one.
func TestWarningsOfAPlanThatMayDefer(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.created(nil)
	delete(secret.config, grace)
	secret.rotate()
	s.deferring = true
	s.mustPlan()
	s.expectTold("The secret in use becomes invalid at once", 1)

	s.Revoke(s.Secret())
	_, ok := s.plan()
	s.expectError(ok, "The API accepts none of the secrets that could sign this rotation")
}
