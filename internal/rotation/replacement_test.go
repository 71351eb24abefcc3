// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	f := newFixture()
	result, restored := f.process().Create(t.Context(), Arguments{GracePeriod: time.Minute}, graceSet)
	same(t, "restored", restored, nil)
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	same(t, "secret", result.Held.Secret.Reveal(), "new-1")
	same(t, "memory", result.Memory, Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: fingerprints("s1")}})

	f.api.answers, f.store.found = nothingAccepted, nil
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
	equal(t, "the folder", f.store.holds(), nil) // what is configured is not sealed with itself
	equal(t, "probed", f.api.probed, nil)
	equal(t, "sent", f.api.posts, nil)
	if _, restored := process.Create(t.Context(), Arguments{Recipients: Recipients{Keys: []string{"mallory"}}}, graceSet); restored != nil {
		t.Error("what was destroyed came back")
	}
	s.Held.IntegratorKey = "int_2"
	same(t, "result of another's", process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory), Result{})
}

// What leaves the state is kept, if the next run has something that opens it.
func TestDeleteKeepsTheSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state     func(state) state
		config    []func(*Config)
		newer     bool // a newer one is at hand
		kept      []string
		planKeeps bool
		kinds     []Kind // of the Delete of a replacement
	}{
		"sealed with the configured one":              {config: []func(*Config){configured("s0")}, kept: []string{"with s0:s2"}, planKeeps: true},
		"not if that is no secret of this integrator": {config: []func(*Config){configured("dummy")}, kinds: []Kind{KeepUnsealed}},
		"nor if it is the same":                       {config: []func(*Config){configured("s2")}},
		"encrypted as it is in state":                 {state: func(s state) state { return s.encryptedFor("alice") }, config: []func(*Config){configured("dummy")}, kept: []string{"for alice:s2"}, planKeeps: true},
		"encrypted for recipients that were added": {
			state:  func(s state) state { s.Arguments.Recipients.Keys = []string{"alice"}; return s },
			config: []func(*Config){configured("dummy")}, kept: []string{"for alice:s2"}, planKeeps: true,
		},
		"not an older one":     {config: []func(*Config){configured("s0")}, newer: true},
		"not without a folder": {config: []func(*Config){configured("s0"), noStore}},
		"nothing of an import": {state: func(state) state { return imported() }, config: []func(*Config){configured("s0")}},
	} {
		for _, replacing := range []bool{true, false} {
			t.Run(fmt.Sprint(name, replacing), func(t *testing.T) {
				t.Parallel()
				f := newFixture()
				s := f.holding("s2")
				s.Superseded = fingerprints("s0")
				if c.state != nil {
					s = c.state(s)
				}
				process := f.process(c.config...)
				if c.newer {
					newer := f.holding("s3")
					newer.Held.Version++
					process.see(newer.Held, newer.History)
				} else {
					planned := f.process(c.config...).PlanDestroy(s.Object, s.Memory)
					same(t, "the plan says that it is kept", event(planned.Events, SecretStaysValid).Kept, c.planKeeps)
				}
				s.Replacing = replacing
				result := process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
				equal(t, "events", kinds(result.Events), c.kinds[:min(len(c.kinds), map[bool]int{true: 1}[replacing])])
				if c.kept == nil {
					equal(t, "the folder", f.store.found, nil)
					return
				}
				equal(t, "copies", ciphertexts(f.store.found[0].Copies), c.kept)
				same(t, "record", f.store.found[0].Record, recovery.Record{
					Kind: recovery.Kept, Fingerprint: fingerprint("s2"), SentAt: time.Unix(s.Held.Version, 0).UTC(), ObtainedAt: s.Held.RotatedAt, Superseded: s.Superseded,
				})
			})
		}
	}
}

// An entry that is there knows more than the state.
func TestDeleteMakesAnEntryOneThatIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture()
	made := f.made("s2", "s1")
	f.store.found = []recovery.Found{made}
	s := f.holding("s2")
	s.Superseded = fingerprints("s1")
	f.replaced(t, s)
	want := made.Record
	want.Kind = recovery.Kept
	same(t, "record", f.store.found[0].Record, want)
}

// A folder that somebody has chosen must work, or the object stays in the state.
func TestDeleteWithAFolderThatFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config    []func(*Config)
		replacing bool
		kind      Kind
		failed    bool
	}{
		{nil, true, KeepFailed, false},
		{nil, false, KeepFailed, false},
		{[]func(*Config){chosen}, true, RecoveryRequired, true},
		{[]func(*Config){chosen}, false, KeepFailed, false},
	} {
		f := newFixture()
		f.store.write = errors.New("the disk is full")
		s := f.holding("s2").encryptedFor("alice")
		s.Replacing = c.replacing
		result := f.process(c.config...).Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
		equal(t, "events", result.Events, []Event{{Kind: c.kind, Err: f.store.write}})
		same(t, "failed", result.Failed, c.failed)
	}
	f := newFixture()
	s := f.holding("s2")
	s.Arguments.Recipients.Keys = []string{"mallory"}
	result := f.process().Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	equal(t, "events with recipients that are no good", kinds(result.Events), []Kind{KeepFailed})
}

// Terraform can forget an object without a Delete. What it has loaded is kept, and
// signs.
func TestCreationKeepsWhatIsForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = map[string]error{"s1": nil, "s2": nil}
	process := f.process()
	process.Load(f.holding("s2").encryptedFor("alice").Held)
	another := f.holding("s3").Held
	another.IntegratorKey = "int_2"
	process.Load(another)
	result, _ := process.Create(t.Context(), Arguments{}, graceSet)
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	equal(t, "the folder", f.store.holds(), append(fingerprints("new-1"), fingerprints("s2")...))
	same(t, "kind", f.store.found[1].Kind, recovery.Kept)
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s2", "s1"))

	f = newFixture()
	process = f.process(configured("dummy"))
	process.Load(f.holding("s1").Held)
	f.process(configured("dummy"))
	result, _ = process.Create(t.Context(), Arguments{}, graceSet)
	equal(t, "signed with", reveal(f.api.posts[0].Signers), []string{"s1", "dummy"})
	same(t, "secret", result.Held.Secret.Reveal(), "new-1")

	f.api.answers = nothingAccepted
	process = f.process()
	process.Load(f.holding("s1").Held)
	result, _ = process.Create(t.Context(), Arguments{}, graceSet)
	same(t, "a failure says that the object may be forgotten", event(result.Events, NotRotated).Forgotten, true)
	result, _ = f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "and not that one is which was never there", event(result.Events, NotRotated).Forgotten, false)
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
	equal(t, "the folder", f.store.holds(), nil)

	s.Held.IntegratorKey = "int_2"
	result = process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RotationOfAnother})
	same(t, "owner", result.Events[0].Owner, History{IntegratorKey: "int_2", Endpoint: ourEndpoint})

	elsewhere := f.holding("s1").Object // tainted, in a plan with -refresh=false: there is no history
	elsewhere.Held.Endpoint = "https://sandbox.example"
	result = process.Delete(t.Context(), Replaced{Object: elsewhere}, Memory{Replacing: true})
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RotationOfAnother})

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
