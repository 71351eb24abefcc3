// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// With skip_credentials_validation, an import may store a dummy. The rotation after it,
// signed with a real secret, does not seal the new one with the dummy of the state.
func TestADummyInStateSealsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := imported()
	process := f.process(configured("dummy"), skipValidation)
	s.Memory = process.Refresh(t.Context(), s.Object, s.Memory).Memory
	s.Memory = process.Plan(t.Context(), &s.Object, Arguments{}, true, s.Memory).Memory
	stored := f.process(configured("dummy"), skipValidation).Update(t.Context(), s.Object, Arguments{}, s.Memory)
	same(t, "failed", stored.Failed, false)
	rotateNow(t, f.process(), state{Object{Held: stored.Held}, stored.Memory}, Arguments{}) // with s1
	f.expectNothingSealedWith(t, "dummy")
}

// An entry from the future, of a machine without a clock, would never get 24 hours old. A
// creation does not take it.
func TestAnEntryFromTheFuture(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers["s2"] = nil
	entry := f.made("s2", "s1")
	entry.Created, entry.SentAt = true, f.now.AddDate(1, 0, 0)
	f.store.found = []recovery.Found{entry}
	result, _ := f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "posts", len(f.api.posts), 1)
	if result.Held.Fingerprint == fingerprint("s2") {
		t.Error("it is taken")
	}
}

// OpenTofu has forgotten the object, nothing could seal its secret, and Create fails: that
// the secret was not kept is told.
func TestForgottenAndUnsealedIsTold(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = nothingAccepted
	process := f.process(configured("dummy"))
	process.Load(f.holding("s1").Held)
	result, _ := process.Create(t.Context(), Arguments{}, graceSet)
	same(t, "failed", result.Failed, true)
	same(t, "kept", len(f.store.found), 0)
	same(t, "said", slices.Contains(kinds(result.Events), KeepUnsealed), true)
}

// cancelingStore is interrupted while it fails to write.
type cancelingStore struct {
	*fakeStore
	cancel func()
}

func (s cancelingStore) Save(recovery.Record, []recovery.Copy) error {
	s.cancel()
	return errors.New("the disk is full")
}

// KeepFailed is about a secret that leaves the state. It is not told of one that stays
// there, since Delete fails.
func TestKeepFailedAndStopped(t *testing.T) {
	t.Parallel()
	f := newFixture()
	ctx, cancel := context.WithCancel(t.Context())
	s := f.holding("s1")
	s.Superseded, s.Replacing = fingerprints("s0"), true
	process := f.process(configured("s0"), func(c *Config) { c.Store = cancelingStore{f.store, cancel} })
	result := process.Delete(ctx, Replaced{Object: s.Object}, s.Memory)
	same(t, "failed", result.Failed, true)
	if got := kinds(result.Events); slices.Contains(got, KeepFailed) && slices.Contains(got, ReplacementStopped) {
		t.Error("it is said to be dropped, and to be still there")
	}
}

// A run was killed between the copy and its metadata. What is kept of the same secret later
// records what that superseded, as the state says.
func TestKeepingRecordsWhatWasSuperseded(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{planted("s1", "s0")}
	s := f.holding("s1")
	s.Superseded = fingerprints("s0")
	f.process(configured("s0")).Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	equal(t, "superseded", f.store.found[0].Superseded, fingerprints("s0"))
}

// The second resource of the same integrator does not adopt what the first one has just
// superseded: later requests would be signed with it.
func TestAdoptionAfterARotationInTheSameRun(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers["s2"] = nil
	f.store.found = []recovery.Found{f.made("s2", "s1")}
	s := f.holding("s1")
	process := f.process()
	rotateNow(t, process, s, Arguments{GracePeriod: time.Hour, Triggers: Triggers{Values: map[string]string{"a": `"2"`}}})
	s.Planned, s.AdoptionDue = Adopt, fingerprint("s2")
	result := process.Update(t.Context(), s.Object, Arguments{}, s.Memory)
	if !result.Failed && result.Held.Fingerprint == fingerprint("s2") {
		t.Error("an older secret is adopted, and signs from now on:", f.api.used)
	}
}

// What has signed out of the folder, the next run can open as well: it seals.
func TestASignerOfTheFolderSeals(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	kept := forAlice(f.made("s2", "s1"), "s2") // by a destroy, with recipients
	kept.Kind = recovery.Kept
	f.store.found = []recovery.Found{kept}
	result, _ := f.process(configured("dummy"), withKey("alice"), chosen).Create(t.Context(), Arguments{}, graceSet)
	same(t, "failed", result.Failed, false)
	equal(t, "copies", ciphertexts(f.store.found[0].Copies), []string{"with s2:new-1"})
}

// A plan that was made where the folder is not could not rule out what is there. If its
// apply takes an older secret, the newer one is kept when it leaves the state.
func TestANewerSecretIsKeptBesideAResumedOne(t *testing.T) {
	t.Parallel()
	f := newFixture()
	first, _ := f.process().Create(t.Context(), Arguments{GracePeriod: time.Hour}, graceSet) // here
	s := state{Object{Held: first.Held}, first.Memory}
	f.now = f.now.Add(10 * time.Minute)
	second := rotateNow(t, f.process(noStore), s, Arguments{GracePeriod: time.Hour}) // elsewhere

	apply := f.process() // with create_before_destroy, so that it is shown nothing
	result, _ := apply.Create(t.Context(), Arguments{}, graceSet)
	equal(t, "events", kinds(result.Events), []Kind{RotationResumed})
	apply.Delete(t.Context(), Replaced{Object: Object{Held: second.Held}}, second.Memory)
	seen, _ := f.process().loadRecovered()
	same(t, "the second is kept", seen.recovered(second.Held.Fingerprint) != nil, true)
	state := state{Object{Held: result.Held}, result.Memory}
	f.api.answers = map[string]error{second.Held.Secret.Reveal(): nil} // the first one has expired
	found := f.process().Refresh(t.Context(), state.Object, state.Memory)
	same(t, "to be adopted", found.Memory.AdoptionDue, second.Held.Fingerprint)
}

// What a run that ended well has made is not the outcome of an interrupted one.
func TestSettle(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.process().Settle() // of a process that has made nothing
	f.process(noStore).Settle()
	process := f.process()
	first, _ := process.Create(t.Context(), Arguments{GracePeriod: time.Hour}, graceSet)
	f.store.found = append(f.store.found, f.made("s9", "s1"))
	process.Settle()
	same(t, "kind of what it has made", f.store.found[0].Kind, recovery.Kept)
	same(t, "kind of another", f.store.found[1].Kind, recovery.Made)
	f.store.found = f.store.found[:1]
	second, _ := f.process().Create(t.Context(), Arguments{GracePeriod: time.Hour}, graceSet)
	same(t, "the next rotation gives another secret", second.Held.Fingerprint == first.Held.Fingerprint, false)
}
