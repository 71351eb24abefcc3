// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const value = "sk_test_planted"
	secret := client.NewSecret(value)
	type open struct{ Secret client.Secret }
	type hidden struct{ secret client.Secret }

	values := map[string]any{
		"itself":                secret,
		"a pointer":             &secret,
		"a slice":               []client.Secret{secret},
		"a map":                 map[string]client.Secret{"key": secret},
		"a field":               open{secret},
		"an unexported field":   hidden{secret},
		"a pointer to a struct": &hidden{secret},
		"an interface":          struct{ any }{secret},
		"the client":            client.New(client.Config{Secret: secret, UserAPIKey: secret}),
		"its configuration":     client.Config{Secret: secret, UserAPIKey: secret},
		"the input":             client.RegenerateInput{Signers: []client.Secret{secret}},
		"the result":            client.RegeneratedSecret{Secret: secret, SignedWith: secret},
		"the error":             client.RegenerateError{Err: fmt.Errorf("with %v", secret), Reply: secret},
		"a wrapped error":       fmt.Errorf("wrapped: %w", errors.New(fmt.Sprint(secret))),
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			texts := map[string]string{}
			for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
				for _, flags := range []string{"", "+", "#", "-", " ", "0", "20", ".3", "# x"} {
					format := "%" + flags + string(verb)
					texts[format] = fmt.Sprintf(format, v)
				}
			}
			texts["Sprint"] = fmt.Sprint(v)
			if encoded, err := json.Marshal(v); err == nil {
				texts["json"] = string(encoded)
			}
			if encoded, err := xml.Marshal(v); err == nil {
				texts["xml"] = string(encoded)
			}
			var buffer bytes.Buffer
			slog.New(slog.NewTextHandler(&buffer, nil)).Info("text", "value", v)
			slog.New(slog.NewJSONHandler(&buffer, nil)).Info("json", "value", v)
			texts["slog"] = buffer.String()

			for how, text := range texts {
				for _, form := range []string{value, value[:8], fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprintf("%d", []byte(value))} {
					if strings.Contains(text, form) {
						t.Fatalf("%s reveals it", how)
					}
				}
			}
		})
	}
}

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
