// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A refresh has found that an adoption is due. The provider cancels it if the secret
// to adopt is no longer available. TestAnAdoptionThatIsDueIsNotMade has all cases.
func TestAnAdoptionThatIsDueIsTakenBack(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(""))
	c.terraform(0, "apply", "-auto-approve")
	c.env = append(c.env, "INTEGRATOR_SECRET="+c.Rotate(0))
	c.expect(c.terraform(0, "apply", "-refresh-only", "-auto-approve"), "The API does not accept the secret in state, but another one", 1)

	c.env = append(c.env, "INTEGRATOR_SECRET="+c.Rotate(0))
	c.write(providerBlock("skip_credentials_validation = true") + secretResource(""))
	c.expect(c.terraform(0, "apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed", 1)
	c.expectRotations(1)
}

// The secret to adopt is no longer available, or the one in state cannot be checked
// again.
func TestAnAdoptionThatIsDueIsNotMade(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	for name, tt := range map[string]struct {
		arguments args
		identity  string // until the adoption is due
		then      func(s *session)
	}{
		"another secret is configured": {then: func(s *session) {
			s.setenv(configured, s.Rotate(0))
			s.settings["skip_credentials_validation"] = true
		}},
		"the identity is gone": {
			arguments: args{"recipients": recipientsOf(k)}, identity: k.identity,
			then: func(s *session) { s.setenv(ageKey, "") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.setenv(ageKey, tt.identity)
			secret := s.created(tt.arguments)
			s.setenv(configured, s.Rotate(0))
			secret.object = s.mustPlan()[0].before // apply -refresh-only
			s.expectTold("The API does not accept the secret in state, but another one", 1)

			tt.then(s)
			before := secret.object.Value
			s.mustApply()
			s.expectNoComplaint()
			if !secret.object.Value.Equal(before) {
				t.Error("the apply has changed the state")
			}
			s.expectRotations(1)
		})
	}
}

// If a run completes an interrupted rotation, what depends on it is signed with the
// secret of that rotation.
func TestOtherTypesFollowAResumedRotation(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.settings["recovery_dir"] = s.dir
	s.created(nil).object = nil // as if Terraform had been killed before it stored the state
	s.webhook()
	s.mustApply()
	s.expectTold("An interrupted rotation was completed", 1)
	s.expectRotations(1)
	if made := s.Count(http.MethodPost, emulator.WebhooksPath); made != 1 {
		t.Errorf("%d webhooks were made", made)
	}
	for _, request := range s.Requests() {
		if request.Path == emulator.WebhooksPath && request.Method == http.MethodPost && request.SignedWith != 1 {
			t.Errorf("the webhook was signed with secret %d", request.SignedWith)
		}
	}
}

// A resource in the state of another endpoint does not stop the creation of a
// second one.
func TestAForeignStateBlocksNoOther(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.created(nil)
	elsewhere := newSession(t)
	s.setenv("INTEGRATOR_ENDPOINT", elsewhere.URL())
	s.setenv(configured, elsewhere.Secret())
	before := secret.object.Value
	other := s.apiSecret(nil)
	s.mustApply()
	s.expectTold("Warning: The secret belongs to another integrator or endpoint", 1)
	if !secret.object.Value.Equal(before) {
		t.Error("the apply has changed the state of the other endpoint")
	}
	if other.object.Value.Text("secret") != elsewhere.Secret() {
		t.Error("not the newest secret is in state")
	}
	for _, api := range []*session{s, elsewhere} {
		api.expectRotations(1)
	}
}
