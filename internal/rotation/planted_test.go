// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// planted is a file that somebody who can write the folder names after two secrets.
// Nothing in it can be opened.
func planted(secret, with string) recovery.Found {
	return recovery.Found{
		Record: recovery.Record{Kind: recovery.Kept, Fingerprint: fingerprint(secret)},
		Copies: []recovery.Copy{{With: fingerprint(with), Ciphertext: "nonsense", Path: "planted"}},
	}
}

func (f *fixture) expectNothingSealedWith(t *testing.T, secret string) {
	t.Helper()
	for _, found := range f.store.found {
		for _, c := range found.Copies {
			if c.With == fingerprint(secret) && c.Ciphertext != "nonsense" {
				t.Errorf("%s (%s) is sealed with %s", found.Fingerprint, c.Ciphertext, secret)
			}
		}
	}
}

// A file that is named after the secret in state and a dummy does not vouch for the dummy,
// since nobody has opened it: the new secret is not sealed with the dummy.
func TestAPlantedCopyVouchesForNothing(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{planted("s1", "dummy")} // between plan and apply
	rotateNow(t, f.process(configured("dummy")), f.holding("s1"), Arguments{})
	f.expectNothingSealedWith(t, "dummy")
}

// A file that is named after a dummy does not put it into the history as proven: a later
// destroy would seal the live secret with it.
func TestAPlantedNameProvesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{planted("dummy", "s0")}
	result := rotateNow(t, f.process(), f.holding("s1"), Arguments{}) // with a real secret
	same(t, "the history names the dummy", result.Memory.Names(fingerprint("dummy")), false)
	f.store.found = slices.DeleteFunc(f.store.found, func(found recovery.Found) bool { return found.Fingerprint == fingerprint("dummy") })
	f.process(configured("dummy")).Delete(t.Context(), Replaced{Object: Object{Held: result.Held}}, result.Memory)
	f.expectNothingSealedWith(t, "dummy")
}

// More entries than a history holds push neither the configured secret nor the one before
// out of it.
func TestManyEntriesLeaveTheHistory(t *testing.T) {
	t.Parallel()
	f := newFixture()
	for i := range 25 {
		f.store.found = append(f.store.found, planted("x"+strconv.Itoa(i), "y"))
	}
	result := rotateNow(t, f.process(configured("s0")), f.holding("s1"), Arguments{GracePeriod: time.Hour})
	same(t, "supersedes the one in state", result.Memory.Supersedes(fingerprint("s1")), true)
	same(t, "supersedes the configured one", result.Memory.Supersedes(fingerprint("s0")), true)
	// Or else s1 would be adopted over the newest, once the API refuses that for a moment.
	f.api.answers = accepted("s1")
	s := state{Object{Held: result.Held}, result.Memory}
	found := f.process().Refresh(t.Context(), s.Object, s.Memory)
	same(t, "adoption due", found.Memory.AdoptionDue, "")
}

// The clock of the machine that made the older entry is ahead. It is the older one even so.
func TestOlderEntryOfAMachineWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2") // in its grace period
	f.api.answers["s3"] = nil
	older, newer := f.made("s2", "s1"), f.made("s3", "s1", "s2")
	older.SentAt = f.now.Add(2 * time.Hour)
	f.store.found = []recovery.Found{older, newer}
	s := f.holding("s1")
	found := f.process().Refresh(t.Context(), s.Object, s.Memory)
	same(t, "to be adopted", found.Memory.AdoptionDue, fingerprint("s3"))
	result := rotateNow(t, f.process(), s, Arguments{})
	same(t, "the older one is stored", result.Held.Fingerprint == fingerprint("s2"), false)
}

// An entry that another one supersedes is not taken, even if that other one cannot be
// opened.
func TestOlderEntryBesideANewerSealedOne(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2") // in its grace period
	f.api.answers["s3"] = nil
	older, newer := f.made("s2", "s1"), forAlice(f.made("s3", "s1", "s2"), "s3")
	older.SentAt = older.SentAt.Add(-time.Minute)
	newer.Triggers = Triggers{Values: map[string]string{"a": `"2"`}}.fingerprint()
	f.store.found = []recovery.Found{newer, older}
	s := f.holding("s1")
	found := f.process().Refresh(t.Context(), s.Object, s.Memory)
	if found.Memory.AdoptionDue == fingerprint("s2") {
		t.Error("the older one is adopted")
	}
	result := rotateNow(t, f.process(), s, Arguments{})
	if result.Held.Fingerprint == fingerprint("s2") {
		t.Error("the older one is stored")
	}
}

// The message of an entry that cannot be opened says to delete its files. Those named
// are the copies, and the metadata that is left stops no rotation.
func TestMetadataAloneBlocksNothing(t *testing.T) {
	t.Parallel()
	f := newFixture()
	entry := f.made("s2", "s1")
	entry.Copies = nil
	f.store.found = []recovery.Found{entry}
	result := rotateNow(t, f.process(chosen), f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, false)
	equal(t, "files named", event(result.Events, RecoveryUndecryptable).Copies, nil)
}

// A plan that knows no entry plans null times. The apply, on a machine with the folder,
// does not store those of the entry: the result would be inconsistent.
func TestAdoptionPlannedElsewhereIsConsistent(t *testing.T) {
	t.Parallel()
	f := newFixture()
	entry := f.made("s2", "s1")
	entry.Kind = recovery.Kept // by a destroy
	f.api.answers = accepted("s2")
	s := imported()
	plan := f.process(noStore, configured("s2"))
	s.Memory = plan.Refresh(t.Context(), s.Object, s.Memory).Memory
	planned := plan.Plan(t.Context(), &s.Object, Arguments{}, true, s.Memory)
	same(t, "action", planned.Action, Adopt)
	f.store.found = []recovery.Found{entry}
	result := f.process(configured("s2")).Update(t.Context(), s.Object, Arguments{}, planned.Memory)
	if planned.Undated && !result.Held.RotatedAt.IsZero() {
		t.Error("the plan says that rotated_at is null, and it is not")
	}
}

// A destroy of another integrator's secret is told that a copy stays only if one does.
func TestDestroyOfAnotherSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1").encryptedFor("alice")
	s.Held.IntegratorKey, s.IntegratorKey = "int_2", "int_2"
	planned := f.process().PlanDestroy(s.Object, s.Memory)
	f.process().Delete(t.Context(), Replaced{Object: s.Object}, planned.Memory)
	same(t, "kept, as was said", len(f.store.found) > 0, event(planned.Events, SecretStaysValid).Kept)
}

// A deposed object whose version is higher, since another machine's clock was ahead, does
// not make the live secret a superseded one: a destroy warns of it and keeps it.
func TestDeposedObjectOfAMachineWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	deposed, current := f.holding("s1"), f.holding("s2")
	deposed.Held.Version = f.now.Add(2 * time.Hour).Unix()
	current.Superseded = fingerprints("s0", "s1")
	plan, apply := f.process(configured("s0")), f.process(configured("s0"))
	for _, s := range []state{deposed, current} {
		plan.Refresh(t.Context(), s.Object, s.Memory)
	}
	planned := plan.PlanDestroy(current.Object, current.Memory)
	same(t, "said", len(planned.Events) > 0, true)
	apply.Delete(t.Context(), Replaced{Object: deposed.Object}, deposed.Memory)
	apply.Delete(t.Context(), Replaced{Object: current.Object}, current.Memory)
	same(t, "the live secret is kept", slices.Contains(f.store.holds(), fingerprint("s2")), true)
}

// orderedStore records what happens to the room and the reply.
type orderedStore struct {
	*fakeStore
	order []string
}

type orderedReservation struct{ *orderedStore }

func (s *orderedStore) Reserve([]string) (Reservation, error) { return orderedReservation{s}, nil }
func (s *orderedStore) SaveReply(copies []recovery.Copy) ([]string, error) {
	s.order = append(s.order, "reply")
	return s.fakeStore.SaveReply(copies)
}
func (r orderedReservation) Release() { r.order = append(r.order, "release") }

// The room for the entry is released before a reply without a readable secret is saved: on
// a full disk the reply would be lost.
func TestTheRoomIsReleasedBeforeAReplyIsSaved(t *testing.T) {
	t.Parallel()
	f := newFixture()
	store := &orderedStore{fakeStore: f.store}
	f.api.regenerate = func(in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		return nil, &apisecret.RegenerateError{Outcome: apisecret.Unreadable, Err: errUnreachable, SignedWith: in.Signers[0], Reply: apisecret.New("{}")}
	}
	rotateNow(t, f.process(func(c *Config) { c.Store = store }), f.holding("s1"), Arguments{})
	same(t, "first", store.order[0], "release")
}
