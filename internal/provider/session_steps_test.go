// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// effect is what a plan is to do with the secret in state.
type effect int

const (
	stores  effect = iota // arguments are stored, and the secret stays
	rotates               // a rotation in place
	adopts                // a live secret is stored in its place
	creates
	replaces
)

// step plans and applies a change of one api_secret, and checks all that holds for
// each such step: the plan, the rotations that the API was asked for since the
// session began, that the newest secret is in state, and that the next plans are
// empty. It returns what was planned and what is stored.
func (s *session) step(b *block, want effect, graces ...int) (planned, stored protocol.Attributes) {
	s.t.Helper()
	plan := s.mustPlan()
	c := plan[slices.IndexFunc(plan, func(c change) bool { return c.block == b })]
	s.expectEffect(c, want)
	if !s.carryOut(plan) {
		s.t.Fatalf("the apply failed: %v", s.told)
	}
	if got := s.rotations(); !slices.Equal(got, graces) {
		s.t.Errorf("the API was asked for rotations with the grace periods %v, not %v", got, graces)
	}
	if stored := b.object.Value; stored["encrypted_secret"].IsNull() && stored.Text("secret") != s.Secret() {
		s.t.Error("not the newest secret is in state")
	}
	s.expectSettled()
	return c.planned.Value, b.object.Value
}

func (s *session) expectEffect(c change, want effect) {
	s.t.Helper()
	planned := c.planned.Value
	inPlace := c.before != nil && !c.replaces
	if planned.Text("id") != s.Key() || planned.Text("integrator_key") != s.Key() || planned.Text("endpoint") != s.endpoint() {
		s.t.Error("the plan does not say whose secret it is")
	}
	switch want {
	case stores:
		if !inPlace || planned.Equal(c.before.Value) {
			s.t.Error("no update is planned")
		}
		s.expectKept(planned)
	case rotates:
		s.expectUnknown(planned, "version", "fingerprint", "rotated_at", "old_secret_expires_at")
		if !inPlace || planned["secret"].IsKnown() && planned["encrypted_secret"].IsKnown() {
			s.t.Error("no rotation in place is planned")
		}
	case adopts:
		s.expectUnknown(planned, "version", "fingerprint")
		if !inPlace || !planned["rotated_at"].IsNull() {
			s.t.Error("no adoption is planned")
		}
	case creates, replaces:
		s.expectUnknown(planned, "version", "rotated_at", "old_secret_expires_at")
		if (want == replaces) != c.replaces {
			s.t.Errorf("replaces: %t", c.replaces)
		}
	}
}

// endpoint is the one that is configured.
func (s *session) endpoint() string {
	configured, _ := s.settings["endpoint"].(string)
	return cmp.Or(configured, s.getenv("INTEGRATOR_ENDPOINT"))
}

// expectKept checks a plan that keeps the secret.
func (s *session) expectKept(planned protocol.Attributes) {
	s.t.Helper()
	for _, name := range []string{"version", "rotated_at", "fingerprint"} {
		if !planned[name].IsKnown() || planned[name].IsNull() {
			s.t.Errorf("%s is not known in a plan that keeps the secret", name)
		}
	}
	if planned["encrypted_secret"].IsNull() && planned.Text("secret") != s.Secret() {
		s.t.Error("the secret in state is not planned to stay")
	}
}

func (s *session) expectUnknown(planned protocol.Attributes, names ...string) {
	s.t.Helper()
	for _, name := range names {
		if planned[name].IsKnown() {
			s.t.Errorf("%s is known in the plan", name)
		}
	}
}

// expectSettled checks that the plans after an apply are empty, with refresh and
// without, and that Terraform had nothing to complain of.
func (s *session) expectSettled() {
	s.t.Helper()
	s.expectNoComplaint()
	configured := s.blocks
	defer func() { s.blocks = configured }()
	s.blocks = nil
	for _, b := range configured {
		settled := *b
		settled.unknown, settled.replace = nil, false
		s.blocks = append(s.blocks, &settled)
	}
	for _, c := range s.mustPlan() {
		if c.replaces || !c.planned.Value.Equal(c.before.Value) {
			s.t.Errorf("the next plan changes %s", c.typeName)
		}
	}
	p, _ := s.start(false)
	for _, b := range s.blocks {
		r := p.Resource(b.typeName)
		c := change{block: b, before: b.object}
		if !s.change(r, &c, r.Schema.Object(b.config)) || c.replaces || !c.planned.Value.Equal(c.before.Value) {
			s.t.Errorf("the next plan without refresh changes %s", b.typeName)
		}
	}
	s.expectNoComplaint()
}

func (s *session) expectNoComplaint() {
	s.t.Helper()
	for _, d := range s.told {
		if d.From == protocol.Core {
			s.t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// expectError checks that the last command has failed and told all of the phrases,
// in this order.
func (s *session) expectError(ok bool, phrases ...string) {
	s.t.Helper()
	s.expectNoComplaint()
	var told strings.Builder
	for _, d := range s.told {
		if d.Error {
			told.WriteString(d.Summary + "\n" + d.Detail + "\n")
		}
	}
	if ok || !says(phrases...).MatchString(told.String()) {
		s.t.Errorf("succeeded: %t, and told:\n%s", ok, s.mask(told.String()))
	}
}

// expectTold checks how often the last command has told a phrase.
func (s *session) expectTold(phrase string, times int) {
	s.t.Helper()
	told := s.shown()
	if got := len(says(phrase).FindAllString(told, -1)); got != times {
		s.t.Errorf("%q is told %d times, not %d, in\n%s", phrase, got, times, told)
	}
}

// elements is a map argument, of which "" stands for null.
func elements(values map[string]string) map[string]tftypes.Value {
	m := map[string]tftypes.Value{}
	for name, value := range values {
		m[name] = tftypes.NewValue(tftypes.String, nil)
		if value != "" {
			m[name] = tftypes.NewValue(tftypes.String, value)
		}
	}
	return m
}

func expectText(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, not %q", what, got, want)
	}
}
