// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"errors"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// Whether the folder works is known before the call.
func TestFolderThatFails(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for name, c := range map[string]struct {
		config []func(*Config)
		room   error
		open   error // to others
		kinds  []Kind
		sent   bool
		saved  bool
	}{
		"works":                           {kinds: []Kind{APICalled}, sent: true, saved: true},
		"is open to others":               {open: full, kinds: []Kind{RecoveryExposed, APICalled}, sent: true, saved: true},
		"has no room":                     {room: full, kinds: []Kind{RecoveryOff, APICalled}, sent: true},
		"has no room, and was chosen":     {config: []func(*Config){chosen}, room: full, kinds: []Kind{RecoveryRequired}},
		"works, and was chosen":           {config: []func(*Config){chosen}, kinds: []Kind{APICalled}, sent: true, saved: true},
		"is not there, and was not asked": {config: []func(*Config){noStore}, kinds: []Kind{APICalled}, sent: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.store.room, f.store.exposed = c.room, c.open
			result := rotateNow(t, f.process(c.config...), f.holding("s1"), Arguments{})
			equal(t, "events", kinds(result.Events), c.kinds)
			same(t, "failed", result.Failed, !c.sent)
			same(t, "sent", len(f.api.posts) > 0, c.sent)
			same(t, "saved", len(f.store.found) > 0, c.saved)
		})
	}
}

// An entry is sealed with what the next run will have.
func TestWhoOpensAnEntry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		configured string
		superseded []string // by the secret in state
		skip       bool
		answers    map[string]error
		want       []string
		reserved   []string
	}{
		"the secret in state, which is configured": {configured: "s1", answers: accepted("s1"), want: []string{"with s1:new-1"}, reserved: []string{"s1"}},
		"both, if history names the configured one": {
			configured: "s0", superseded: []string{"s0"}, answers: accepted("s1"),
			want: []string{"with s1:new-1", "with s0:new-1"}, reserved: []string{"s1", "s0"},
		},
		"both, if the configured one has signed": {
			configured: "s9", answers: accepted("s9"),
			want: []string{"with s1:new-1", "with s9:new-1"}, reserved: []string{"s1", "s9"},
		},
		"not a dummy": {configured: "dummy", answers: accepted("s1"), want: []string{"with s1:new-1"}, reserved: []string{"s1", "dummy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers = c.answers
			s := f.holding("s1")
			s.Superseded = fingerprints(c.superseded...)
			rotateNow(t, f.process(configured(c.configured)), s, Arguments{})
			equal(t, "copies", ciphertexts(f.store.found[0].Copies), c.want)
			equal(t, "reserved", f.store.reserved, fingerprints(c.reserved...))
		})
	}
}

// The API's answer in this run vouches for a secret that history does not name.
func TestAcceptedSecretSeals(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = map[string]error{"s1": nil, "s9": nil}
	s := f.holding("s1")
	process := f.process(configured("s9"))
	process.Refresh(t.Context(), s.Object, s.Memory)
	rotateNow(t, process, s, Arguments{})
	equal(t, "copies", ciphertexts(f.store.found[0].Copies), []string{"with s1:new-1", "with s9:new-1"})
}

func TestCreationIsSealedWithWhatSignedIt(t *testing.T) {
	t.Parallel()
	f := newFixture()
	result, _ := f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "failed", result.Failed, false)
	equal(t, "copies", ciphertexts(f.store.found[0].Copies), []string{"with s1:new-1"})
	same(t, "created", f.store.found[0].Created, true)
}

// A secret that nothing can seal is not kept, and neither is one that could not be
// sealed.
func TestWhatCannotBeSealedIsNotKept(t *testing.T) {
	t.Parallel()
	f := newFixture()
	cannot := func(c *Config) {
		c.SealWith = func(apisecret.Secret) (func(apisecret.Secret) string, error) { return nil, errUnreachable }
	}
	result := rotateNow(t, f.process(cannot), f.holding("s1"), Arguments{})
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	equal(t, "the folder", f.store.found, nil)

	f = newFixture()
	fails := func(c *Config) {
		c.SealWith = func(apisecret.Secret) (func(apisecret.Secret) string, error) {
			return func(apisecret.Secret) string { return "" }, nil
		}
	}
	rotateNow(t, f.process(fails), f.holding("s1"), Arguments{})
	equal(t, "the folder", f.store.found, nil)
}

// What one entry holds can open the next: a replacement that was killed leaves the
// old secret, sealed with the configured one, and the new one, sealed with the old.
func TestEntriesOpenEachOther(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{f.made("s4", "s3"), f.made("s3", "s2"), f.made("s2", "s1"), f.made("s9", "s8")}
	seen, events := f.process().loadRecovered()
	equal(t, "events", events, nil)
	var opened []string
	for _, e := range seen.Recovered {
		opened = append(opened, e.secret.Reveal())
	}
	equal(t, "opened", opened, []string{"s4", "s3", "s2", ""})
	equal(t, "undecryptable", seen.undecryptable().Recovered, []SealedCopy{{Path: "file-of-" + fingerprint("s9"), With: fingerprint("s8")}})
}

func TestEntryIsWhatItIsNamedAfter(t *testing.T) {
	t.Parallel()
	f := newFixture()
	found := f.made("s2", "s1")
	found.Fingerprint = fingerprint("s3")
	leftover := f.made("s4", "s1") // of a process that was killed before it had its name
	leftover.Fingerprint = ""
	damaged := f.made("s5", "s1")
	damaged.Copies[0].Ciphertext = "garbage"
	f.store.found = []recovery.Found{found, leftover, damaged}
	seen, events := f.process().loadRecovered()
	equal(t, "events", kinds(events), []Kind{RecoveryUnread})
	equal(t, "signers", reveal(seen.signers()), []string{"s4", "s1"})
	same(t, "the leftover has its name", seen.Recovered[0].Fingerprint, fingerprint("s4"))
}

// A dummy that was configured when a secret was made is in its history, and seals
// nothing all the same.
func TestADummyNeverSeals(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	for range 3 {
		result := rotateNow(t, f.process(configured("dummy")), s, Arguments{})
		s = state{Object{Held: result.Held}, result.Memory}
		s.Planned = Rotate
	}
	f.process(configured("dummy")).Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	for _, found := range f.store.found {
		for _, c := range found.Copies {
			if c.With == fingerprint("dummy") {
				t.Errorf("%s is sealed with a dummy", found.Kind)
			}
		}
	}
}

// What opens an entry whose secret signs is no dummy: whoever sealed it knew both.
func TestWhatOpensASignerIsVouchedFor(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	kept := f.made("s2", "s0")
	kept.Kind = recovery.Kept
	f.store.found = []recovery.Found{kept}
	result, _ := f.process(configured("s0")).Create(t.Context(), Arguments{}, graceSet)
	same(t, "failed", result.Failed, false)
	equal(t, "copies", ciphertexts(f.store.found[0].Copies), []string{"with s0:new-1"})
	same(t, "the history names it", result.Memory.Names(fingerprint("s0")), true)
}

// A dummy that was configured in the run that made an entry is none the better when
// that is resumed.
func TestAResumedRotationProvesNoDummy(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	rotateNow(t, f.process(configured("dummy")), s, Arguments{})
	result := rotateNow(t, f.process(configured("dummy")), s, Arguments{})
	equal(t, "events", kinds(result.Events), []Kind{RotationResumed})
	same(t, "the history supersedes it", result.Memory.Supersedes(fingerprint("dummy")), true)
	same(t, "the history names it", result.Memory.Names(fingerprint("dummy")), false)
}

// Where the state does not tell whether the configured secret is one of this
// integrator, the API does.
func TestTheAPIVouchesForTheConfiguredSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers map[string]error
		config  func(*Config)
		history History
		probed  []string
		kept    bool
	}{
		"accepted":                     {accepted("s0"), configured("s0"), History{}, []string{"s0"}, true},
		"refused":                      {nothingAccepted, configured("s0"), History{}, []string{"s0"}, false},
		"nobody may ask":               {accepted("s0"), func(c *Config) { configured("s0")(c); skipValidation(c) }, History{}, nil, false},
		"the history does not name it": {accepted("s0"), configured("s0"), History{IntegratorKey: ourKey}, nil, false},
		"it is the one in state":       {accepted("s1"), configured("s1"), History{}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers = c.answers
			s := f.holding("s1")
			f.process(c.config).Delete(t.Context(), Replaced{Object: s.Object}, Memory{History: c.history, Replacing: true})
			equal(t, "probed", f.api.probed, c.probed)
			same(t, "kept", len(f.store.found) > 0, c.kept)
		})
	}
}

// What Create would not be able to keep must not be deleted.
func TestDeleteChecksForRoom(t *testing.T) {
	t.Parallel()
	for _, replacing := range []bool{true, false} {
		f := newFixture()
		f.store.room = errors.New("the disk is full")
		s := f.holding("s1")
		s.Replacing = replacing
		result := f.process(chosen).Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
		same(t, "failed", result.Failed, replacing)
	}
}

// In a test, and on some disks, two requests were sent at the same time.
func TestTheEntryThatFollowsComesFirst(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{f.made("s2", "s1"), f.made("s3", "s1", "s2")}
	seen, _ := f.process().loadRecovered()
	same(t, "the first", seen.Recovered[0].Fingerprint, fingerprint("s3"))
}
