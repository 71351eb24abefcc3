// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

func TestUpdateCarriesOutThePlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		planned   Action
		days      Days
		secret    string // that is stored
		posts     int
		forgotten bool // an adoption that was due is not any more
	}{
		"keep":              {planned: Keep, days: Days{N: 9}, secret: "s1"},
		"rotate":            {planned: Rotate, secret: "new-1", posts: 1, forgotten: true},
		"encrypt":           {planned: Encrypt, secret: "s1"},
		"adopt":             {planned: Adopt, secret: "s2", forgotten: true},
		"open, and due":     {planned: LeaveOpen, days: Days{N: 9}, secret: "new-1", posts: 1, forgotten: true},
		"open, and not due": {planned: LeaveOpen, days: Days{N: 11}, secret: "s2", forgotten: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			s := f.holding("s1")
			s.Planned, s.RotationDue, s.AdoptionDue = c.planned, true, fingerprint("s2")
			result := f.process(configured("s2")).Update(t.Context(), s.Object, Arguments{Days: c.days}, s.Memory)
			same(t, "failed", result.Failed, false)
			same(t, "secret", result.Held.Secret.Reveal(), c.secret)
			same(t, "posts", len(f.api.posts), c.posts)
			want := Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint}}
			if c.secret != "s1" {
				want.Superseded = fingerprints("s1")
			}
			if c.posts > 0 {
				want.Superseded = fingerprints("s1", "s2") // both could sign
			}
			if !c.forgotten {
				want.AdoptionDue = s.AdoptionDue
			}
			same(t, "memory", result.Memory, want)
		})
	}
}

func TestUpdateThatWasLeftOpenMayKeep(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Planned = LeaveOpen
	for _, days := range []Days{{}, {N: 11}} {
		result := f.process().Update(t.Context(), s.Object, Arguments{Days: days}, s.Memory)
		same(t, "result", result, Result{Held: s.Held, Memory: Memory{History: s.History}})
	}
	result := f.process().Update(t.Context(), s.Object, Arguments{Recipients: Recipients{Keys: []string{"alice"}}}, s.Memory)
	same(t, "ciphertext", result.Held.Ciphertext, "for alice:s1")
	equal(t, "sent", f.api.posts, nil)
}

func TestUpdateOfAnotherIntegrator(t *testing.T) {
	t.Parallel()
	for action, refused := range map[Action]bool{Keep: false, Encrypt: false, Rotate: true, Adopt: true} {
		f := newFixture()
		s := f.holding("s1")
		s.Held.IntegratorKey, s.Planned, s.AdoptionDue = "int_2", action, fingerprint("s1")
		result := f.process().Update(t.Context(), s.Object, Arguments{}, s.Memory)
		same(t, "failed", result.Failed, refused)
		equal(t, "sent", f.api.posts, nil)
		if refused {
			equal(t, "events", result.Events, []Event{{Kind: RotationOfAnother, Owner: History{IntegratorKey: "int_2", Endpoint: ourEndpoint}}})
		}
	}
	// What is left open cannot become the adoption that was due for the provider's own.
	f := newFixture()
	s := f.holding("s1")
	s.Held.IntegratorKey, s.Planned, s.AdoptionDue = "int_2", LeaveOpen, fingerprint("s1")
	same(t, "failed", f.process().Update(t.Context(), s.Object, Arguments{}, s.Memory).Failed, false)
}

func TestEncrypt(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Planned, s.Held.OldSecretExpiresAt = Encrypt, f.now
	arguments := Arguments{Recipients: Recipients{Keys: []string{"alice", "bob"}}}
	result := f.process().Update(t.Context(), s.Object, arguments, s.Memory)
	want := s.Held
	want.Secret, want.Ciphertext = apisecret.Secret{}, "for alice,bob:s1"
	same(t, "held", result.Held, want)
	equal(t, "probed", f.api.probed, nil)

	arguments.Recipients.Keys = []string{"mallory"}
	result = f.process().Update(t.Context(), s.Object, arguments, s.Memory)
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RecipientsUnusable})
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	known := &recovery.Entry{Secret: "s2", Fingerprint: fingerprint("s2"), Known: fingerprints("s0", "s1")}
	for name, c := range map[string]struct {
		due        string
		config     []func(*Config)
		recovery   *recovery.Entry
		recipients []string
		superseded []string
		ciphertext string
		failure    []Kind
	}{
		"the configured":                  {due: "s2", config: []func(*Config){configured("s2")}, superseded: []string{"s1"}},
		"the recovered":                   {due: "s2", recovery: known, superseded: []string{"s1", "s0"}},
		"the recovered, opened":           {due: "s2", recovery: sealedEntryOf("s2"), config: []func(*Config){withKey("alice")}, superseded: []string{"s1"}},
		"the recovered, as configured":    {due: "s2", recovery: sealedEntryOf("s2"), config: []func(*Config){configured("s2")}, superseded: []string{"s1"}},
		"for recipients":                  {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{"bob"}, superseded: []string{"s1"}, ciphertext: "for bob:s2"},
		"for recipients that are no good": {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{"mallory"}, failure: []Kind{RecipientsUnusable}},
		"for an empty list":               {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{}, failure: []Kind{RecipientsEmpty}},
		"what is gone":                    {due: "s2", recovery: entryOf("s3"), failure: []Kind{AdoptionGone}},
		"what cannot be opened":           {due: "s2", recovery: sealedEntryOf("s2"), failure: []Kind{AdoptionGone}},
		"what is gone without a folder":   {due: "s2", config: []func(*Config){noStore}, failure: []Kind{AdoptionGone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.store.entry = c.recovery
			s := f.holding("s1")
			s.Planned, s.AdoptionDue = Adopt, fingerprint(c.due)
			result := f.process(c.config...).Update(t.Context(), s.Object, Arguments{Recipients: Recipients{Keys: c.recipients}}, s.Memory)
			equal(t, "events", kinds(result.Events), c.failure)
			same(t, "failed", result.Failed, c.failure != nil)
			same(t, "the file", f.store.entry, c.recovery) // the next refresh deletes it
			equal(t, "probed", f.api.probed, nil)
			equal(t, "sent", f.api.posts, nil)
			if result.Failed {
				equal(t, "used", f.api.used, nil)
				return
			}
			want := Held{IntegratorKey: ourKey, Version: f.now.Unix()}.withSecret(apisecret.New(c.due), c.ciphertext)
			same(t, "held", result.Held, want)
			equal(t, "used", f.api.used, []string{c.due})
			equal(t, "superseded", result.Memory.Superseded, fingerprints(c.superseded...))
		})
	}
}

// An import is the adoption of the first secret.
func TestImportIsAdopted(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := imported()
	process := f.process()
	s.Memory = process.Refresh(t.Context(), s.Object, s.Memory).Memory
	s.Memory = process.Plan(t.Context(), &s.Object, Arguments{}, graceSet, s.Memory).Memory
	result := f.process().Update(t.Context(), s.Object, Arguments{}, s.Memory)
	same(t, "secret", result.Held.Secret.Reveal(), "s1")
	same(t, "made by a rotation", !result.Held.RotatedAt.IsZero(), false)
	equal(t, "superseded", result.Memory.Superseded, nil)
	equal(t, "sent", f.api.posts, nil)
}
