// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestAccessToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	got, err := f.client().CreateAccessToken(t.Context(), client.AccessTokenInput{UserAPIKey: apisecret.New(userKey), Lifetime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	want := client.AccessToken{Token: apisecret.New(f.Tokens()[0].Value), UserID: "user_0", TokenType: "Bearer", ExpiresAt: "2026-08-19T15:17:07.597Z"}
	if got.Token.Reveal() != want.Token.Reveal() || got.UserID != want.UserID || got.TokenType != want.TokenType || got.ExpiresAt != want.ExpiresAt {
		t.Errorf("%+v", got)
	}
	if text := fmt.Sprintf("%+v %#v", got, got); strings.Contains(text, f.Tokens()[0].Value) {
		t.Error("the token is printed")
	}
	if body := f.Requests()[0].Body; body != `{"expiresIn":60,"userApiKey":"ak_demo"}` {
		t.Errorf("sent %s", body)
	}
}

func TestAccessTokenThatIsNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"null", "{}", `{"accessToken":""}`, `{"accessToken":1}`, `{"accessToken":"spr_secret"`, "<html>"} {
		f := newFixture(t, emulator.Options{})
		f.Inject(emulator.Fault{Body: body})
		_, err := f.client().CreateAccessToken(t.Context(), client.AccessTokenInput{UserAPIKey: apisecret.New(userKey), Lifetime: time.Minute})
		if err == nil || strings.Contains(err.Error(), "spr_secret") {
			t.Errorf("%s: error %v", body, err)
		}
		f.wantSent(t, 0, 1)
	}
}

// The hundred and first token of a minute waits as long as the API asks.
func TestAccessTokensAreLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	for range 101 {
		if _, err := c.CreateAccessToken(t.Context(), client.AccessTokenInput{UserAPIKey: apisecret.New(userKey), Lifetime: time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.waits) != 1 || f.waits[0] != time.Minute || len(f.Tokens()) != 101 {
		t.Errorf("waited %v for %d tokens", f.waits, len(f.Tokens()))
	}
}
