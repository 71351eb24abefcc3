// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package apisecret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const value = "sk_test_planted"
	secret := apisecret.New(value)
	type open struct{ Secret apisecret.Secret }
	type hidden struct{ secret apisecret.Secret }

	values := map[string]any{
		"itself":                secret,
		"a pointer":             &secret,
		"a slice":               []apisecret.Secret{secret},
		"a map":                 map[string]apisecret.Secret{"key": secret},
		"a field":               open{secret},
		"an unexported field":   hidden{secret},
		"a pointer to a struct": &hidden{secret},
		"an interface":          struct{ any }{secret},
		"the input":             apisecret.RegenerateInput{Signers: []apisecret.Secret{secret}},
		"the result":            apisecret.RegeneratedSecret{Secret: secret, SignedWith: secret},
		"the error":             apisecret.RegenerateError{Err: fmt.Errorf("with %v", secret), Reply: secret},
		"a wrapped error":       fmt.Errorf("wrapped: %w", errors.New(fmt.Sprint(secret))),
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, text := range printed(v) {
				for _, form := range []string{value, value[:8], fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprintf("%d", []byte(value))} {
					if strings.Contains(text, form) {
						t.Fatalf("%s reveals it", how)
					}
				}
			}
		})
	}
}

// printed is a value in all ways that fmt, the encoders and slog print it.
func printed(v any) map[string]string {
	texts := map[string]string{"Sprint": fmt.Sprint(v)}
	for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
		for _, flags := range []string{"", "+", "#", "-", " ", "0", "20", ".3", "# x"} {
			format := "%" + flags + string(verb)
			texts[format] = fmt.Sprintf(format, v)
		}
	}
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
	return texts
}

func TestSecretPlaceholder(t *testing.T) {
	t.Parallel()
	secret := apisecret.New("sk_test_planted")
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
	var zero apisecret.Secret
	a, b := apisecret.New("a"), apisecret.New("b")
	for _, tt := range []struct {
		x, y apisecret.Secret
		want bool
	}{
		{a, a, true},
		{a, apisecret.New("a"), true},
		{a, b, false},
		{a, apisecret.New("aa"), false},
		{a, zero, false},
		{zero, a, false},
		{zero, apisecret.New(""), true},
	} {
		if got := tt.x.Equal(tt.y); got != tt.want {
			t.Errorf("%q equals %q: %t", tt.x.Reveal(), tt.y.Reveal(), got)
		}
	}
	if !zero.IsZero() || !apisecret.New("").IsZero() || a.IsZero() || zero.Reveal() != "" {
		t.Error("only the empty secret is zero")
	}
}

func TestSecretFingerprint(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"":    "",
		"abc": "ba7816bf8f01cfea", // from FIPS 180-2
	} {
		if got := apisecret.New(secret).Fingerprint(); got != want {
			t.Errorf("%q: %s", secret, got)
		}
	}
}
