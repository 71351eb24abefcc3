// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

func TestSecretPlaceholder(t *testing.T) {
	t.Parallel()
	secret := client.NewSecret("sk_test_planted")
	encoded, err := json.Marshal(secret)
	if got := fmt.Sprintf("%s %v %q %x %s", secret, secret, secret, secret, encoded); err != nil ||
		got != `(redacted) (redacted) (redacted) (redacted) "(redacted)"` {
		t.Errorf("%s %v", got, err)
	}
	if secret.Reveal() != "sk_test_planted" {
		t.Error("Reveal gives something else")
	}
}

func TestSecretEqual(t *testing.T) {
	t.Parallel()
	var zero client.Secret
	a, b := client.NewSecret("a"), client.NewSecret("b")
	for _, tt := range []struct {
		x, y client.Secret
		want bool
	}{
		{a, a, true},
		{a, client.NewSecret("a"), true},
		{a, b, false},
		{a, client.NewSecret("aa"), false},
		{a, zero, false},
		{zero, a, false},
		{zero, client.NewSecret(""), true},
	} {
		if got := tt.x.Equal(tt.y); got != tt.want {
			t.Errorf("%q equals %q: %t", tt.x.Reveal(), tt.y.Reveal(), got)
		}
	}
	if !zero.IsZero() || !client.NewSecret("").IsZero() || a.IsZero() || zero.Reveal() != "" {
		t.Error("only the empty secret is zero")
	}
}

func TestSecretFingerprint(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"":    "",
		"abc": "ba7816bf8f01cfea", // from FIPS 180-2
	} {
		if got := client.NewSecret(secret).Fingerprint(); got != want {
			t.Errorf("%q: %s", secret, got)
		}
	}
}
