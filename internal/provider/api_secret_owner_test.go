// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// A plan says whose secret it makes, and where, as far as the settings are known.
func TestPlanSaysWhoseSecretItMakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ unknownSettings, unknown []string }{
		{nil, nil},
		{[]string{"integrator_secret", "user_api_key", "max_retries"}, nil},
		{[]string{"integrator_key"}, []string{"id", "integrator_key"}},
		{[]string{"endpoint"}, []string{"endpoint"}},
		{[]string{"integrator_key", "endpoint"}, []string{"endpoint", "id", "integrator_key"}},
	} {
		s := newSession(t)
		s.unknown = tt.unknownSettings
		b := s.apiSecret(nil)
		plan := s.mustPlan()
		whose := map[string]string{"id": s.Key(), "integrator_key": s.Key(), "endpoint": s.URL()}
		for name, want := range whose {
			if slices.Contains(tt.unknown, name) {
				s.expectUnknown(plan[0].planned.Value, name)
				continue
			}
			expectText(t, name+" in the plan", plan[0].planned.Value.Text(name), want)
		}
		if !s.carryOut(plan) {
			t.Fatalf("the apply failed: %v", s.told)
		}
		for name, want := range whose {
			expectText(t, name+" in the state", b.object.Value.Text(name), want)
		}
		s.expectSettled()
	}
}

// An import says it as well. A state that does not know the endpoint is left alone
// until the next rotation.
func TestTheEndpointOfAState(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	b := s.apiSecret(nil)
	if !s.importID(b, s.Key()) {
		t.Fatalf("the import failed: %v", s.told)
	}
	expectText(t, "the endpoint of an import", b.object.Value.Text("endpoint"), s.URL())
	s.mustApply()
	expectText(t, "the endpoint of what is adopted", b.object.Value.Text("endpoint"), s.URL())

	without := *b.object
	without.Value = protocol.Attributes{}
	for name, value := range b.object.Value {
		without.Value[name] = value
	}
	without.Value["endpoint"] = without.Value["old_secret_expires_at"] // null
	b.object = &without
	s.expectSettled()
	b.rotate()
	s.mustApply()
	s.expectNoComplaint()
	expectText(t, "the endpoint after a rotation", b.object.Value.Text("endpoint"), s.URL())
}

// A saved plan is for the integrator and the endpoint that it was made for.
func TestSavedPlanIsBoundToItsIntegrator(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	another, err := emulator.Start(emulator.Options{Key: "int_another"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(another.Close)
	configured := c.env
	for _, setting := range []string{"INTEGRATOR_KEY=int_another", "INTEGRATOR_ENDPOINT=" + another.URL()} {
		c.env = configured
		output := c.terraform(0, "plan", "-out=saved.plan")
		c.expect(output, `+ integrator_key = "`+c.Key()+`"`, 1)
		c.expect(output, `+ endpoint = "`+c.URL()+`"`, 1)

		c.env = append(slices.Clone(configured), setting)
		if output := c.terraform(1, "apply", "saved.plan"); !strings.Contains(output, "Provider produced inconsistent final plan") {
			t.Errorf("the apply with %s printed\n%s", setting, output)
		}
	}
	c.expectRotations(0)
	checks := 0
	if missing(t, wordOfApplying()) != "" {
		checks = 1 // the plan that is made again at apply checks again
	}
	if requests := another.Requests(); len(requests) != checks || another.Count("POST", emulator.RegeneratePath) != 0 {
		t.Errorf("%d requests were sent to another endpoint, not %d", len(requests), checks)
	}

	c.env = configured
	c.terraform(0, "apply", "-auto-approve")
	c.expectRotations(1)
	output := c.terraform(0, "plan", "-replace="+address)
	c.expect(output, `id = "`+c.Key()+`"`, 1)
	for _, unchanged := range []string{"integrator_key", "endpoint"} {
		c.expect(output, unchanged, 0) // Terraform hides them
	}
}

// With create_before_destroy, a plan that is refused in this way leaves nothing but a
// deposed object. Its secret signs, once it is configured.
func TestOnlyADeposedObjectIsLeft(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource("lifecycle { create_before_destroy = true }"))
	c.terraform(0, "apply", "-auto-approve")
	live, configured := c.Secret(), c.env
	c.terraform(0, "plan", "-out=saved.plan", "-replace="+address)
	c.env = append(slices.Clone(configured), "INTEGRATOR_KEY=int_another")
	c.terraform(1, "apply", "saved.plan")

	c.env = configured // INTEGRATOR_SECRET has expired
	c.expect(c.terraform(1, "apply", "-auto-approve"), "The API secret was not rotated", 1)
	c.expectRotations(2)
	if c.Secret() != live {
		t.Error("the secret has changed")
	}
	c.env = append(slices.Clone(configured), "INTEGRATOR_SECRET="+live)
	c.expect(c.terraform(0, "apply", "-auto-approve"), "1 added, 0 changed, 1 destroyed", 1)
	c.expectRotations(3)
}
