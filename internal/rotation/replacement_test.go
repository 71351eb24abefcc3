// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	f := newFixture()
	result, restored := f.process().Create(t.Context(), Arguments{GracePeriod: time.Minute}, graceSet)
	same(t, "restored", restored, nil)
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	same(t, "secret", result.Held.Secret.Reveal(), "new-1")
	same(t, "memory", result.Memory, Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: fingerprints("s1")}})

	f.api.answers, f.store.entry = nothingAccepted, nil
	result, restored = f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "restored", restored, nil)
	equal(t, "events of a failure", kinds(result.Events), []Kind{APICalled, NotRotated})
}

// replaced is a process that has deleted the object of a state in a replacement.
func (f *fixture) replaced(t *testing.T, s state, changes ...func(*Config)) *Rotator {
	t.Helper()
	process := f.process(changes...)
	s.Replacing = true
	if result := process.Delete(t.Context(), Replaced{Object: s.Object, State: "as it was"}, s.Memory); result.Failed {
		t.Fatalf("delete: %v", kinds(result.Events))
	}
	return process
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Superseded = fingerprints("s0")
	result, restored := f.replaced(t, s, configured("stale")).Create(t.Context(), Arguments{}, graceSet)
	same(t, "restored", restored, nil)
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	same(t, "secret", result.Held.Secret.Reveal(), "new-1")
	equal(t, "signed with", reveal(f.api.posts[0].Signers), []string{"s1", "stale"})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s0", "s1", "stale"))
}

// Without the object that Delete was shown, the state would be empty.
func TestReplacementThatFailsIsRestored(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = nothingAccepted
	s := f.holding("s1")
	s.Superseded, s.AdoptionDue = fingerprints("s0"), fingerprint("s2")
	process := f.replaced(t, s)
	for range 2 { // restoring twice is harmless
		result, restored := process.Create(t.Context(), Arguments{}, graceSet)
		same(t, "failed", result.Failed, true)
		equal(t, "events", kinds(result.Events), []Kind{APICalled, NotRotated, OldSecretPutBack})
		same(t, "memory", result.Memory, Memory{History: s.History})
		same(t, "restored", restored.State, "as it was")
	}
}

func TestReplacementIsForgottenOnceItIsDone(t *testing.T) {
	t.Parallel()
	f := newFixture()
	process := f.replaced(t, f.holding("s1"))
	if _, restored := process.Create(t.Context(), Arguments{}, graceSet); restored != nil {
		t.Fatal("the replacement failed")
	}
	result, restored := process.Create(t.Context(), Arguments{}, graceSet)
	same(t, "restored", restored, nil)
	equal(t, "events", kinds(result.Events), []Kind{SecondRotation})
}

func TestReplacementSaysWhatNobodyHasRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unwarned bool
		config   []func(*Config)
		graceSet bool
		kinds    []Kind
	}{
		"unwarned":                       {true, []func(*Config){applying}, false, []Kind{APICalled, GraceNotSet, OlderSecretMayEnd}},
		"unwarned, with a grace period":  {true, []func(*Config){applying}, true, []Kind{APICalled, OlderSecretMayEnd}},
		"warned":                         {false, []func(*Config){applying}, false, []Kind{APICalled}},
		"Terraform shows the plan's own": {true, nil, false, []Kind{APICalled}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			s := f.holding("s1")
			s.Unwarned, s.Held.OldSecretExpiresAt = c.unwarned, f.now.Add(time.Minute)
			result, _ := f.replaced(t, s, c.config...).Create(t.Context(), Arguments{}, c.graceSet)
			equal(t, "events", kinds(result.Events), c.kinds)
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	process := f.process()
	same(t, "result", process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory), Result{})
	same(t, "the file", f.store.entry, nil)
	equal(t, "probed", f.api.probed, nil)
	equal(t, "sent", f.api.posts, nil)
	if _, restored := process.Create(t.Context(), Arguments{Recipients: Recipients{Keys: []string{"mallory"}}}, graceSet); restored != nil {
		t.Error("what was destroyed came back")
	}
	s.Held.IntegratorKey = "int_2"
	same(t, "result of another's", process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory), Result{})
}

func TestDeleteInAReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1").encryptedFor("alice")
	f.replaced(t, s)
	entry := f.store.entry
	same(t, "fingerprint", entry.Fingerprint, fingerprint("s1"))
	same(t, "ciphertext", entry.EncryptedSecret, s.Held.Ciphertext)
	same(t, "secret", entry.Secret, "")
	same(t, "marked", entry.Replaced, true)
	same(t, "obtained at", entry.ObtainedAt, f.now)

	f.store.entry = entryOf("s2")
	f.replaced(t, s)
	same(t, "the file that was there", f.store.entry, entryOf("s2"))
	f.store.entry = nil
	f.replaced(t, imported())
	same(t, "the file of an import", f.store.entry, nil)
	f.replaced(t, s, noStore)

	s.Replacing = true
	f.store.write = errors.New("the disk is full")
	result := f.process().Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	equal(t, "events", result.Events, []Event{{Kind: RecoveryUnwritten, Err: f.store.write}})
	same(t, "failed", result.Failed, false)
}

func TestDeleteFailsBeforeItIsTooLate(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Replacing = true
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	process := f.process()
	result := process.Delete(interrupted, Replaced{Object: s.Object}, s.Memory)
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{ReplacementStopped})
	same(t, "the file", f.store.entry, nil)

	s.Held.IntegratorKey = "int_2"
	result = process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RotationOfAnother})
	same(t, "owner", result.Events[0].Owner, History{IntegratorKey: "int_2", Endpoint: ourEndpoint})

	f.api.answers = nothingAccepted
	if _, restored := process.Create(t.Context(), Arguments{}, graceSet); restored != nil {
		t.Error("an object is restored that was never dropped")
	}
}

// A deposed object is seen as well, and must not make the new version smaller.
func TestVersionsRise(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	s.Held.Version = f.now.Unix() + 100 // by the clock of another machine
	s.Planned = Rotate
	result := f.process().Update(t.Context(), s.Object, Arguments{}, s.Memory)
	same(t, "version", result.Held.Version, f.now.Unix()+101)
	same(t, "rotated at", result.Held.RotatedAt, f.now.UTC())
}
