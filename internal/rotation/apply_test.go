// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"testing"
	"time"

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
			f.api.answers["s2"] = nil
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
				want.Superseded, want.Unproven = fingerprints("s1", "s2"), fingerprints("s2") // both could sign, and the first one did
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
	made := func(f *fixture) recovery.Found { return f.made("s2", "s0", "s1") }
	kept := func(f *fixture) recovery.Found {
		found := f.made("s2", "s0", "s1")
		found.Kind, found.ObtainedAt = recovery.Kept, time.Time{}
		return found
	}
	sealed := func(f *fixture) recovery.Found { return forAlice(f.made("s2", "s1"), "s2") }
	another := func(f *fixture) recovery.Found { return f.made("s3", "s1") }
	for name, c := range map[string]struct {
		due        string
		config     []func(*Config)
		found      func(*fixture) recovery.Found
		refused    bool
		recipients []string
		superseded []string
		ciphertext string
		keepsTimes bool
		failure    []Kind
	}{
		"the configured":                  {due: "s2", config: []func(*Config){configured("s2")}, superseded: []string{"s1"}},
		"the one made":                    {due: "s2", found: made, superseded: []string{"s0", "s1"}, keepsTimes: true},
		"the one kept":                    {due: "s2", found: kept, superseded: []string{"s0", "s1"}},
		"the one made, opened":            {due: "s2", found: sealed, config: []func(*Config){withKey("alice")}, superseded: []string{"s1"}, keepsTimes: true},
		"the one made, as configured":     {due: "s2", found: sealed, config: []func(*Config){configured("s2")}, superseded: []string{"s1"}, keepsTimes: true},
		"for recipients":                  {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{"bob"}, superseded: []string{"s1"}, ciphertext: "for bob:s2"},
		"for recipients that are no good": {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{"mallory"}, failure: []Kind{RecipientsUnusable}},
		"for an empty list":               {due: "s2", config: []func(*Config){configured("s2")}, recipients: []string{}, failure: []Kind{RecipientsEmpty}},
		"what is gone":                    {due: "s2", found: another, failure: []Kind{AdoptionGone}},
		"what cannot be opened":           {due: "s2", found: sealed, failure: []Kind{AdoptionGone}},
		"what is gone without a folder":   {due: "s2", config: []func(*Config){noStore}, failure: []Kind{AdoptionGone}},
		"what is refused by now":          {due: "s2", found: made, refused: true, failure: []Kind{AdoptionRefused}},
		"what nobody may ask about":       {due: "s2", found: made, refused: true, config: []func(*Config){skipValidation}, superseded: []string{"s0", "s1"}, keepsTimes: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			if f.api.answers = accepted("s2"); c.refused {
				f.api.answers = nothingAccepted
			}
			if c.found != nil {
				f.store.found = []recovery.Found{c.found(f)}
			}
			there := f.store.holds()
			s := f.holding("s1")
			s.Planned, s.AdoptionDue = Adopt, fingerprint(c.due)
			result := f.process(c.config...).Update(t.Context(), s.Object, Arguments{Recipients: Recipients{Keys: c.recipients}}, s.Memory)
			equal(t, "events", kinds(result.Events), c.failure)
			same(t, "failed", result.Failed, c.failure != nil)
			equal(t, "the folder", f.store.holds(), there) // the next refresh clears it
			equal(t, "sent", f.api.posts, nil)
			if result.Failed {
				equal(t, "used", f.api.used, nil)
				return
			}
			want := Held{IntegratorKey: ourKey, Endpoint: ourEndpoint, Version: f.now.Unix()}.withSecret(apisecret.New(c.due), c.ciphertext)
			if c.keepsTimes {
				want.RotatedAt, want.Version = f.now.Add(-time.Minute).UTC(), f.now.Add(-time.Minute).Unix()
			}
			same(t, "held", result.Held, want)
			equal(t, "used", f.api.used, []string{c.due})
			equal(t, "superseded", result.Memory.Superseded, fingerprints(c.superseded...))
		})
	}
}

// That the API does not answer says nothing against a secret.
func TestAdoptionFailsOnARefusalOnly(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = map[string]error{"s2": errUnreachable}
	s := f.holding("s1")
	s.Planned, s.AdoptionDue = Adopt, fingerprint("s2")
	result := f.process(configured("s2")).Update(t.Context(), s.Object, Arguments{}, s.Memory)
	same(t, "failed", result.Failed, false)
	equal(t, "probed", f.api.probed, []string{"s2"})
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

// An import takes no dates from the recovery folder: the days of rotate_after_days count
// from the adoption.
func TestImportIsNotDatedByTheRecoveryFolder(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{f.made("s1", "s0")}
	s := imported()
	process := f.process()
	s.Memory = process.Refresh(t.Context(), s.Object, s.Memory).Memory
	planned := process.Plan(t.Context(), &s.Object, Arguments{}, graceSet, s.Memory)
	same(t, "undated in the plan", planned.Undated, true)
	result := f.process().Update(t.Context(), s.Object, Arguments{}, planned.Memory)
	same(t, "made by a rotation", !result.Held.RotatedAt.IsZero(), false)
	same(t, "age", result.Held.Version, f.now.Unix())
	same(t, "expiry", result.Held.OldSecretExpiresAt.IsZero(), true)
}
