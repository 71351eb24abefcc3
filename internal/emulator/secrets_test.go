// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"slices"
	"testing"
	"time"
)

// expect checks which of the secrets are valid. It asks the emulator, and signs with
// them.
func (c *client) expect(secrets []string, live ...bool) {
	c.t.Helper()
	for i, secret := range secrets {
		if got := c.Accepts(secret); got != live[i] {
			c.t.Errorf("secret %d: Accepts is %t", i, got)
		}
		if got := c.profile(secret).status == 200; got != live[i] {
			c.t.Errorf("secret %d: a GET's success is %t", i, got)
		}
	}
}

func TestGracePeriod(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	secrets := []string{c.Secret(), c.Rotate(time.Minute)}
	c.expect(secrets, true, true)
	c.clock.Advance(time.Minute - time.Millisecond)
	c.expect(secrets, true, true)
	c.clock.Advance(time.Millisecond)
	c.expect(secrets, false, true)
}

func TestGracePeriodByTheServersClock(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	secrets := []string{c.Secret(), c.Rotate(time.Minute)}
	c.SetSkew(time.Minute)
	c.expect(secrets, false, true)
}

func TestWithoutGraceTheSecretStaysDead(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	secrets := []string{c.Secret(), c.Rotate(0)}
	c.expect(secrets, false, true)
	c.SetSkew(-time.Minute)
	c.expect(secrets, false, true)
}

func TestSecondRotationInsideGrace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name             string
		drop             bool
		grace            time.Duration
		oldest, replaced bool
	}{
		{"oldest kept, grace", false, time.Hour, true, true},
		{"oldest kept, no grace", false, 0, true, false},
		{"oldest dropped, grace", true, time.Hour, false, true},
		{"oldest dropped, no grace", true, 0, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{DropOldestOnRegenerate: tt.drop})
			secrets := []string{c.Secret(), c.Rotate(time.Minute), c.Rotate(tt.grace)}
			c.expect(secrets, tt.oldest, tt.replaced, true)
			c.clock.Advance(time.Minute)
			c.expect(secrets, false, tt.replaced, true)
		})
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	secrets := []string{c.Secret(), c.Rotate(time.Minute)}
	c.Revoke("unknown")
	c.expect(secrets, true, true)
	c.Revoke(secrets[0])
	c.expect(secrets, false, true)
	c.Revoke(secrets[1])
	c.expect(secrets, false, false)
	if c.Secret() != secrets[1] {
		t.Error("the newest secret is another")
	}
}

func TestRotateIsNotRecorded(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	if secret := c.Rotate(0); secret != c.Secret() {
		t.Error("the newest secret is another")
	}
	if n := c.Count("", ""); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestSecretsInOrderOfIssue(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	want := []string{c.Secret(), c.Rotate(0)}
	c.regenerate(want[1], `{}`)
	want = append(want, c.Secret())
	if got := c.Secrets(); !slices.Equal(got, want) {
		t.Errorf("got %d secrets, not the %d that were issued", len(got), len(want))
	}
}
