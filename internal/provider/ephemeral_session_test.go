// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// opened opens an ephemeral resource, which is to succeed.
func (s *session) opened(typeName string, config args) protocol.Attributes {
	s.t.Helper()
	result, ok := s.open(typeName, config)
	if !ok {
		s.t.Fatalf("%s was not opened: %v", typeName, s.told)
	}
	return result
}

// expectNotOpened checks that an ephemeral resource is not opened, and says why.
func (s *session) expectNotOpened(typeName string, config args, phrases ...string) {
	s.t.Helper()
	_, ok := s.open(typeName, config)
	s.expectError(ok, phrases...)
}

// TestAccessToken has the default on a real Terraform.
func TestLifetimesOfAccessTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		expiresIn any
		seconds   int64
		expiresAt string
	}{
		{"default", nil, 3600, "2026-08-19T16:16:07.597Z"},
		{"shortest", 1, 1, "2026-08-19T15:16:08.597Z"},
		{"longest", 3600, 3600, "2026-08-19T16:16:07.597Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			token := s.opened("access_token", args{"user_api_key": "ak_demo", "expires_in": tt.expiresIn})
			if !slices.ContainsFunc(s.Tokens(), func(issued emulator.Token) bool { return issued.Value == token.Text("access_token") }) {
				t.Error("not a token that was issued")
			}
			expectText(t, "user_id", token.Text("user_id"), "user_0")
			expectText(t, "token_type", token.Text("token_type"), "Bearer")
			expectText(t, "expires_at", token.Text("expires_at"), tt.expiresAt)
			if got := token.Number("expires_in"); got != tt.seconds {
				t.Errorf("expires in %d", got)
			}
			for _, request := range s.Requests() {
				expectText(t, "the body", request.Body, fmt.Sprintf(`{"expiresIn":%d,"userApiKey":"ak_demo"}`, tt.seconds))
			}
		})
	}
}

// TestAccessTokenErrors has one of these on a real Terraform.
func TestEachAccessTokenError(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	const good = "ak_demo"
	failures := []struct {
		key   string
		fault *emulator.Fault
		says  []string
	}{
		{"ak_gone", nil, []string{"There is no user with this API key", "It is a user API key that was refused, not the secret"}},
		{
			good, new(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")),
			[]string{"set integrator_secret to the live secret before each run", "depends_on"},
		},
		{good, new(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "")), []string{"403 Forbidden"}},
		{good, new(emulator.Fault{Drop: true}.After()), []string{"The request failed"}},
		{good, new(emulator.TooManyRequests("61")), []string{"The API asks to wait 1m1s"}},
		{good, &emulator.Fault{Body: "null"}, []string{"not the access token that the API documents"}},
	}
	for _, failure := range failures {
		if failure.fault != nil {
			s.Inject(*failure.fault)
		}
		s.expectNotOpened("access_token", args{"user_api_key": failure.key}, append([]string{"The access token was not made"}, failure.says...)...)
	}
	if sent := len(s.Requests()); sent != len(failures) {
		t.Errorf("%d requests were sent for %d failures", sent, len(failures))
	}
}

// TestAccessTokenBadInput has one of these on a real Terraform.
func TestEachBadInputOfAnAccessToken(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	for _, tt := range []struct {
		config args
		says   string
	}{
		{args{"user_api_key": ""}, "Attribute user_api_key string length must be at least 1"},
		{args{"user_api_key": "ak_demo\n"}, "wrap it in trimspace(…)"},
		{args{"user_api_key": "ak_ demo"}, "has white space"},
		{args{"user_api_key": "ak_demo", "expires_in": 0}, "Attribute expires_in value must be between 1 and 3600, got: 0"},
		{args{"user_api_key": "ak_demo", "expires_in": 3601}, "Attribute expires_in value must be between 1 and 3600, got: 3601"},
	} {
		s.expectNotOpened("access_token", tt.config, tt.says)
	}
	s.expectNothingSent()
}

// The hundred and first token of a minute waits as long as the API asks.
func TestAccessTokensAreLimited(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	p, _ := s.start(true)
	schema := p.EphemeralResources["integrator_access_token"]
	for range 101 {
		if _, ok := p.OpenEphemeral("integrator_access_token", schema.Object(args{"user_api_key": "ak_demo"})); !ok {
			t.Fatalf("no token: %v", s.told)
		}
	}
	if len(s.waits) == 0 || slices.ContainsFunc(s.waits, func(wait time.Duration) bool { return wait > time.Minute }) {
		t.Errorf("waited %v", s.waits)
	}
	if len(s.Tokens()) != 101 {
		t.Errorf("%d tokens were issued", len(s.Tokens()))
	}
}

// TestDecryptedSecret has the others on a real Terraform.
func TestSecretsThatAreNotDecrypted(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	b := s.created(args{"recipients": recipientsOf(k)})
	ciphertext := b.object.Value.Text("encrypted_secret")
	open := func(identity any) args { return args{"ciphertext": ciphertext, "age_identity": identity} }
	s.expectNotOpened("decrypted_secret", open(newKey(t).identity), "encrypted for other recipients")
	s.expectNotOpened("decrypted_secret", open(nil), "Missing age_identity", "INTEGRATOR_AGE_IDENTITY")
	s.expectNotOpened("decrypted_secret", open("nonsense"), "Invalid age_identity", "neither an age identity")
	if secret := s.opened("decrypted_secret", open(k.identity)); secret.Text("secret") != s.Secret() {
		t.Error("not the newest secret")
	}
}
