// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// rotateNow lets a process carry out a rotation that was planned for a state.
func rotateNow(t *testing.T, process *Rotator, s state, arguments Arguments) Result {
	t.Helper()
	s.Planned = Rotate
	return process.Update(t.Context(), s.Object, arguments, s.Memory)
}

func TestRotate(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Superseded = fingerprints("s0")
	arguments := Arguments{GracePeriod: 5 * time.Minute, Triggers: Triggers{Values: map[string]string{"a": `"1"`}}}
	result := rotateNow(t, f.process(configured("stale")), s, arguments)
	end := f.now.Add(5 * time.Minute)
	same(t, "result", result, Result{
		Held: Held{
			IntegratorKey: ourKey, Endpoint: ourEndpoint, Secret: apisecret.New("new-1"), Fingerprint: fingerprint("new-1"),
			OldSecretExpiresAt: end, RotatedAt: f.now.UTC(), Version: f.now.Unix(),
		},
		Memory: Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: fingerprints("s0", "s1", "stale"), Unproven: fingerprints("stale")}},
		Events: []Event{{Kind: APICalled}},
	})
	same(t, "posts", len(f.api.posts), 1)
	same(t, "grace period", f.api.posts[0].GracePeriod, 5*time.Minute)
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s1", "stale"})
	equal(t, "used", f.api.used, []string{"new-1"})
	equal(t, "probed", f.api.probed, nil)
	equal(t, "the folder", f.store.found, []recovery.Found{{
		Record: recovery.Record{
			Kind: recovery.Made, Fingerprint: fingerprint("new-1"), SentAt: f.now, ObtainedAt: f.now, OldSecretExpiresAt: end,
			SignedBy: fingerprint("s1"), InState: fingerprints("s1"), Triggers: arguments.Triggers.fingerprint(),
			Configured: fingerprint("stale"), Superseded: fingerprints("s0", "s1", "stale"),
		},
		Copies: []recovery.Copy{{With: fingerprint("s1"), Ciphertext: "with s1:new-1", Path: "file-of-" + fingerprint("new-1")}},
	}})
}

func TestRotateForRecipients(t *testing.T) {
	t.Parallel()
	f := newFixture()
	result := rotateNow(t, f.process(), f.holding("s1"), Arguments{Recipients: Recipients{Keys: []string{"alice"}}})
	same(t, "ciphertext", result.Held.Ciphertext, "for alice:new-1")
	same(t, "secret", result.Held.Secret, apisecret.Secret{})
	same(t, "fingerprint", result.Held.Fingerprint, fingerprint("new-1"))
	equal(t, "the folder's copies", ciphertexts(f.store.found[0].Copies), []string{"for alice:new-1"})
}

func TestNothingIsSentIfTheSecretCannotBeEncrypted(t *testing.T) {
	t.Parallel()
	f := newFixture()
	begun := false
	process := f.process(func(c *Config) { c.Begin = func() func() { begun = true; return func() {} } })
	result := rotateNow(t, process, f.holding("s1"), Arguments{Recipients: Recipients{Keys: []string{"mallory"}}})
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RecipientsUnusable})
	same(t, "what is wrong with them", result.Events[0].Err != nil, true)
	equal(t, "sent", f.api.posts, nil)
	same(t, "begun", begun, false)
}

func TestARotationIsInFlightUntilTheSecretIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture()
	var happened []string
	process := f.process(func(c *Config) {
		c.Begin = func() func() {
			happened = append(happened, "begin")
			return func() {
				if len(f.store.found) > 0 {
					happened = append(happened, "done, with a file")
				}
			}
		}
	})
	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		happened = append(happened, "post")
		return f.api.makeNew(0), nil
	}
	rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "happened", happened, []string{"begin", "post", "done, with a file"})
}

// A signal that would end the process is ignored from the Delete of a replacement on,
// and nothing is in flight until Create comes, which it may not.
func TestTheDeleteOfAReplacementIsInFlightUntilTheSecretIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture()
	var happened []string
	begin := func(c *Config) {
		c.Begin = func() func() {
			happened = append(happened, "begin")
			return func() {
				if len(f.store.found) > 0 {
					happened = append(happened, "done, with a file")
				}
			}
		}
	}
	s := f.holding("s1").encryptedFor("alice")
	f.process(begin).Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	equal(t, "happened in a destroy", happened, nil)
	f.store.found = nil
	f.replaced(t, s, begin)
	equal(t, "happened in a replacement", happened, []string{"begin", "done, with a file"})
}

func TestRotateGoesOnWithoutTheFolder(t *testing.T) {
	t.Parallel()
	f := newFixture()
	result := rotateNow(t, f.process(noStore), f.holding("s1"), Arguments{GracePeriod: time.Minute})
	equal(t, "events without a folder", kinds(result.Events), []Kind{APICalled})
	f.store.read, f.store.write = []error{errors.New("damaged")}, errors.New("the disk is full")
	result = rotateNow(t, f.process(), f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, false)
	equal(t, "events with a broken one", result.Events, []Event{
		{Kind: RecoveryUnread, Err: f.store.read[0]}, {Kind: APICalled}, {Kind: RecoveryUnwritten, Err: f.store.write},
	})
}

func TestRotateSaysWhatWasOdd(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		made := f.api.makeNew(0)
		made.OddExpiry, made.AmbiguousSince = "never", f.now.Add(-time.Second)
		return made, nil
	}
	result := rotateNow(t, f.process(), f.holding("s1"), Arguments{})
	same(t, "secret", result.Held.Secret.Reveal(), "new-1")
	equal(t, "events", result.Events, []Event{
		{Kind: APICalled}, {Kind: ExpiryUnusable, OddExpiry: "never"}, {Kind: PerhapsTwice, At: f.now.Add(-time.Second)},
	})
}

// Terraform may show the process another state while the request is under way.
func TestStatesSeenDuringTheCallAreSuperseded(t *testing.T) {
	t.Parallel()
	f := newFixture()
	process := f.process()
	deposed := f.holding("s0").encryptedFor("alice")
	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		process.see(deposed.Held, deposed.History)
		return f.api.makeNew(0), nil
	}
	result := rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s1", "s0"))

	f.store.found, process = nil, f.process()
	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		process.see(deposed.Held, deposed.History)
		return nil, &apisecret.RegenerateError{Err: errUnreachable, Outcome: apisecret.NotSent}
	}
	result = rotateNow(t, process, f.holding("s1"), Arguments{})
	same(t, "undecryptable", event(result.Events, NotRotated).Undecryptable, Undecryptable{InState: true})
}

// A second rotation would invalidate the secret that was stored a moment ago.
func TestOneRotationInAProcess(t *testing.T) {
	t.Parallel()
	f := newFixture()
	process := f.process()
	results := make(chan Result, 2)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { results <- rotateNow(t, process, f.holding("s1"), Arguments{}) })
	}
	both.Go(func() {
		s := f.holding("s1")
		process.Refresh(t.Context(), s.Object, s.Memory)
		process.Plan(t.Context(), nil, Arguments{}, graceSet, Memory{})
	})
	both.Wait()
	close(results)
	var failures, secrets []string
	for result := range results {
		if result.Failed {
			equal(t, "events", kinds(result.Events), []Kind{SecondRotation})
			failures = append(failures, "second")
			continue
		}
		secrets = append(secrets, result.Held.Secret.Reveal())
	}
	equal(t, "failures", failures, []string{"second"})
	equal(t, "secrets", secrets, []string{"new-1"})
	same(t, "posts", len(f.api.posts), 1)
}

// The secret that was stored by an adoption signs, and becomes invalid, as any other.
func TestRotateAfterAnAdoption(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	process := f.process(configured("s2"))
	s := f.holding("s1")
	s.Planned, s.AdoptionDue = Adopt, fingerprint("s2")
	process.Update(t.Context(), s.Object, Arguments{}, s.Memory)
	result := rotateNow(t, process, f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, false)
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s2", "s1"})
}
