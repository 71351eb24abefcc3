// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

func TestSigners(t *testing.T) {
	t.Parallel()
	const live, none = 3, 4
	for _, tt := range []struct {
		name    string
		signers []int // in the order of issue; none is the empty secret
		sent    []int
	}{
		{"none given: the configured one", nil, []int{0}},
		{"the first is live", []int{live, 0}, []int{live}},
		{"the second is live", []int{0, live}, []int{0, live}},
		{"the last is live", []int{2, 0, 1, live}, []int{2, 0, 1, live}},
		{"none is live", []int{0, 1, 2}, []int{0, 1, 2}},
		{"an empty one is skipped", []int{0, none, live}, []int{0, live}},
		{"the same twice", []int{0, 0, live}, []int{0, live}},
		{"the same later", []int{0, 1, 0, live}, []int{0, 1, live}},
	} {
		for _, maxRetries := range []int{0, client.DefaultMaxRetries} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, emulator.Options{})
				f.config.MaxRetries = maxRetries
				issued := []string{f.Secret(), f.Rotate(0), f.Rotate(0), f.Rotate(0)}
				var signers []apisecret.Secret
				for _, i := range tt.signers {
					signers = append(signers, apisecret.New(append(issued, "")[i]))
				}
				got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{Signers: signers})

				sent := f.signedWith("POST")
				if !slices.Equal(sent, tt.sent) || len(f.waits) != 0 {
					t.Errorf("signed with %v, not %v; waited %v", sent, tt.sent, f.waits)
				}
				switch {
				case !slices.Contains(tt.sent, live):
					wantFailure(t, err, apisecret.SecretRefused, apisecret.Unchanged, 0, time.Time{})
				case err != nil || got.SignedWith.Reveal() != issued[live] || got.Secret.Reveal() != f.Secret():
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestNoOtherSignerUnlessTheSecretWasRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.ProblemTokenExpired, emulator.ProblemInvalidToken} {
		f := newFixture(t, emulator.Options{})
		f.Inject(emulator.Problem(401, kind, "", ""))
		_, err := f.client().RegenerateSecret(t.Context(),
			apisecret.RegenerateInput{Signers: []apisecret.Secret{apisecret.New("sk_test_first"), f.config.Secret}})
		f.wantSent(t, 0, 1)
		wantFailure(t, err, apisecret.BearerRefused, apisecret.Unchanged, 0, time.Time{})
	}
}
