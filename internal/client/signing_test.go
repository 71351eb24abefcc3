// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestSignaturesAreAccepted signs with all kinds of secrets. The emulator checks
// the signatures with code of its own.
func TestSignaturesAreAccepted(t *testing.T) {
	t.Parallel()
	secrets := []string{
		" ", "\x00", "a\nb\r", "\"'`\\", "%2F%", "sécret-☃", "\xff\xfe not UTF-8",
		strings.Repeat("k", 63), strings.Repeat("k", 64), strings.Repeat("k", 65), strings.Repeat("long", 5000),
	}
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		secret := make([]byte, 1+random.IntN(200))
		for i := range secret {
			secret[i] = byte(random.Uint32())
		}
		secrets = append(secrets, string(secret))
	}
	for _, secret := range secrets {
		f := newFixture(t, emulator.Options{Secret: secret})
		c := f.client()
		if _, err := c.Profile(t.Context()); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
		if _, err := c.RegenerateSecret(t.Context(), apisecret.RegenerateInput{GracePeriod: time.Minute}); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
		f.Close()
	}
}
