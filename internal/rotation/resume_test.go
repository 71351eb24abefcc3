// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// What a rotation does with a secret in the recovery folder: over whether it can
// be opened, what the API says of it, and whether the same rotation made it.
func TestRotateWithARecoveredSecret(t *testing.T) {
	t.Parallel()
	answers := map[string]error{"accepted": nil, "refused": apisecret.ErrRefused, "forbidden": apisecret.ErrForbidden, "unknown": errUnreachable}
	const (
		takes   = "takes it"
		rotates = "rotates"
		dead    = "rotates, it is dead"
		waits   = "waits for the API"
		stops   = "stops"
		leaves  = "rotates, it cannot be opened"
	)
	outcomes := map[string][]Kind{
		takes: {RotationResumed}, rotates: {APICalled}, dead: {RecoveryDead, APICalled},
		waits: {RecoveryUnchecked}, stops: {RecoveryUndecryptable}, leaves: {RecoveryUnopened, APICalled},
	}
	decided(t, []string{"sealed opened", "accepted refused forbidden unknown", "sameTriggers others", "continues strays", "made kept", "beside inState older", "chosen default"},
		[]rule[string]{
			{"any    any       any          any     any  inState|older any    ", rotates},
			{"any    any       any          any     kept beside        any    ", rotates},
			{"sealed any       sameTriggers continues made beside      chosen ", stops},
			{"sealed any       sameTriggers continues made beside      default", leaves},
			{"sealed any       others       any     made beside        any    ", rotates},
			{"sealed any       sameTriggers strays  made beside        any    ", rotates},
			{"opened refused   any          any     made beside        any    ", dead},
			{"opened forbidden any          any     made beside        any    ", rotates},
			{"opened accepted  sameTriggers continues made beside      any    ", takes},
			{"opened unknown   sameTriggers continues made beside      any    ", waits},
			{"opened accepted|unknown others       any    made beside  any    ", rotates},
			{"opened accepted|unknown sameTriggers strays made beside  any    ", rotates},
		},
		func(c []string) string {
			f := newFixture()
			f.api.answers["s2"] = answers[c[1]]
			result := f.rotatesWithRecovered(t, c)
			for outcome, want := range outcomes {
				if got := kinds(result.Events); len(got) != len(want) || got[0] != want[0] {
					continue
				}
				resumed := outcome == takes
				wantPosts := map[bool]int{true: 1}[outcome == rotates || outcome == dead || outcome == leaves]
				if len(f.api.posts) != wantPosts || resumed != (result.Held.Fingerprint == fingerprint("s2")) {
					return "does not what it says: " + outcome
				}
				return outcome
			}
			return "unexpected events"
		})
}

// rotatesWithRecovered rotates s1 while the folder holds s2, as a combination says.
func (f *fixture) rotatesWithRecovered(t *testing.T, c []string) Result {
	t.Helper()
	found := forAlice(f.made("s2", "s0"), "s2")
	found.Configured = fingerprint("s1")
	if c[2] == "others" {
		found.Triggers = Triggers{Values: map[string]string{"a": `"2"`}}.fingerprint()
	}
	if c[3] == "continues" {
		found.SignedBy = fingerprint("s1")
	}
	if c[4] == "kept" {
		found.Kind = recovery.Kept
	}
	f.store.found = []recovery.Found{found}
	var changes []func(*Config)
	if c[0] == "opened" {
		changes = append(changes, withKey("alice"))
	}
	if c[6] == "chosen" {
		changes = append(changes, chosen)
	}
	process := f.process(changes...)
	s := f.holding("s1")
	switch c[5] {
	case "inState":
		other := f.holding("s2").encryptedFor("alice")
		process.see(other.Held, other.History)
	case "older":
		s.Superseded = fingerprints("s2")
	}
	return rotateNow(t, process, s, Arguments{})
}

func TestResumedRotation(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	found := f.made("s2", "s0", "s1")
	found.OldSecretExpiresAt = f.now
	f.store.found = []recovery.Found{found}
	process := f.process()
	result := rotateNow(t, process, f.holding("s1"), Arguments{Recipients: Recipients{Keys: []string{"bob"}}})
	same(t, "failed", result.Failed, false)
	equal(t, "events", kinds(result.Events), []Kind{RotationResumed})
	same(t, "made at", result.Events[0].At, found.ObtainedAt)
	equal(t, "files", result.Events[0].Copies[1:], []SealedCopy{{Path: "file-of-" + fingerprint("s2"), With: fingerprint("s1")}})
	same(t, "held", result.Held, Held{
		IntegratorKey: ourKey, Endpoint: ourEndpoint, Ciphertext: "for bob:s2", Fingerprint: fingerprint("s2"),
		OldSecretExpiresAt: f.now, RotatedAt: found.ObtainedAt.UTC(), Version: found.ObtainedAt.Unix(),
	})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s0", "s1"))
	equal(t, "used", f.api.used, []string{"s2"})
	equal(t, "sent", f.api.posts, nil)
	equal(t, "the file stays until a refresh finds the secret in the state", f.store.holds(), fingerprints("s2"))

	result = rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "events of a second rotation", kinds(result.Events), []Kind{SecondRotation})
}

// With nothing in state, a creation takes what a creation made, for a day.
func TestCreationIsResumed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		created bool
		age     time.Duration
		kind    Kind
	}{
		"a creation's":            {true, maxResumeAge - time.Second, RotationResumed},
		"a creation's, a day old": {true, maxResumeAge, APICalled},
		"a rotation's in place":   {false, time.Minute, APICalled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers = accepted("s2")
			found := f.made("s2", "s1")
			found.Created, found.SentAt = c.created, f.now.Add(-c.age)
			f.store.found = []recovery.Found{found}
			result, _ := f.process().Create(t.Context(), Arguments{}, graceSet)
			equal(t, "events", kinds(result.Events), []Kind{c.kind})
		})
	}
}

// A secret that rotate_after_days rotates by now is not the outcome of anything.
func TestAnOverdueSecretIsNotResumed(t *testing.T) {
	t.Parallel()
	for days, kind := range map[int64]Kind{1: APICalled, 2: RotationResumed} {
		f := newFixture()
		f.api.answers = accepted("s2")
		found := f.made("s2", "s1")
		found.ObtainedAt = f.now.AddDate(0, 0, -1)
		f.store.found = []recovery.Found{found}
		result := rotateNow(t, f.process(), f.holding("s1"), Arguments{Days: Days{N: days}})
		equal(t, "events", kinds(result.Events), []Kind{kind})
	}
}

// Somebody may have configured a secret that is newer than what an interrupted run
// made.
func TestResumeGivesWayToAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer error
		known  bool
		kind   Kind
	}{
		"accepted":                     {nil, false, APICalled},
		"accepted, known to the run":   {nil, true, RotationResumed},
		"refused":                      {apisecret.ErrRefused, false, RotationResumed},
		"nobody knows":                 {errUnreachable, false, APICalled},
		"nobody knows, but to the run": {errUnreachable, true, RotationResumed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers = map[string]error{"s2": nil, "s9": c.answer}
			found := f.made("s2", "s1")
			if c.known {
				found.Configured = fingerprint("s9")
			}
			f.store.found = []recovery.Found{found}
			result := rotateNow(t, f.process(configured("s9"), skipValidation), f.holding("s1"), Arguments{})
			equal(t, "events", kinds(result.Events), []Kind{c.kind})
		})
	}
}

// Not even a chosen folder stops a rotation for an entry that cannot be opened, if
// somebody has configured another secret that is accepted.
func TestAConfiguredSecretGoesPastWhatCannotBeOpened(t *testing.T) {
	t.Parallel()
	for answer, kind := range map[error]Kind{nil: RecoveryUnopened, apisecret.ErrRefused: RecoveryUndecryptable} {
		f := newFixture()
		f.api.answers["s9"] = answer
		f.store.found = []recovery.Found{forAlice(f.made("s2", "s1"), "s2")}
		result := rotateNow(t, f.process(configured("s9"), chosen), f.holding("s1"), Arguments{})
		same(t, "event", result.Events[0].Kind, kind)
	}
}

// A live configured secret that the interrupted run did not use is not older.
func TestResumeSupersedesOnlyWhatTheRunFollowed(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	found := f.made("s2", "s1")
	found.Configured = fingerprint("s9")
	f.store.found = []recovery.Found{found}
	result := rotateNow(t, f.process(configured("s9")), f.holding("s1"), Arguments{})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s1"))
}

// Where the newest live one is not the outcome of this rotation, an older one can
// only be worse.
func TestOnlyTheNewestLiveSecretIsResumed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers map[string]error
		kinds   []Kind
	}{
		"the newest is live": {map[string]error{"s3": nil, "s2": nil}, []Kind{APICalled}},
		"the newest is dead": {map[string]error{"s2": nil}, []Kind{RecoveryDead, RotationResumed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.api.answers = c.answers
			newest, older := f.made("s3", "s1"), f.made("s2", "s1")
			newest.Triggers = "others"
			older.SentAt = older.SentAt.Add(-time.Second)
			f.store.found = []recovery.Found{newest, older}
			result := rotateNow(t, f.process(), f.holding("s1"), Arguments{})
			equal(t, "events", kinds(result.Events), c.kinds)
		})
	}
}

func TestRecoveredSecretIsProbedAgainBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = map[string]error{"s1": nil, "s2": errUnreachable}
	f.store.found = []recovery.Found{f.made("s2", "s1")}
	process := f.process(skipValidation) // even so
	process.Refresh(t.Context(), f.holding("s1").Object, Memory{})
	result := rotateNow(t, process, f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, true)
	equal(t, "events", kinds(result.Events), []Kind{RecoveryUnchecked})
	same(t, "what the API said", result.Events[0].Err, errUnreachable)
	equal(t, "sent", f.api.posts, nil)

	f.api.answers["s2"] = nil
	result = rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "events", kinds(result.Events), []Kind{RotationResumed})
}

// A live recovered secret of another rotation signs, and is older than what comes
// of it.
func TestRecoveredSecretSigns(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	f.store.found = []recovery.Found{forAlice(f.made("s2"), "s2"), forAlice(f.made("s0"), "s0")}
	result := rotateNow(t, f.process(withKey("alice")), f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, false)
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s1", "s2", "s0"})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s2", "s0", "s1"))
}

// The apply of a replacement may be shown nothing of the state: its plan says which
// secrets of the folder are not the outcome of it.
func TestPlanRulesOutWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state string // "" for none
		kind  recovery.Kind
		write error
	}{
		"its secret is in state":       {"s2", recovery.Kept, nil},
		"the state is another":         {"s3", recovery.Kept, nil},
		"it continues the state":       {"s1", recovery.Made, nil},
		"nothing is in state":          {"", recovery.Made, nil},
		"the folder cannot be changed": {"s3", recovery.Made, errUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.store.found, f.store.write = []recovery.Found{f.made("s2", "s1")}, c.write
			process := f.process(skipValidation)
			if c.state != "" {
				process.Load(f.holding(c.state).Held) // a tainted object, with -refresh=false
			}
			planned := process.Plan(t.Context(), nil, Arguments{}, graceSet, Memory{})
			same(t, "kind", f.store.found[0].Kind, c.kind)
			same(t, "what the disk said", event(planned.Events, RecoveryUnwritten).Err, c.write)
		})
	}
}

func TestPlanInPlaceChangesNothingInTheFolder(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.store.found = []recovery.Found{f.made("s2", "s3")}
	s := f.holding("s1")
	f.process().Plan(t.Context(), &s.Object, Arguments{Days: Days{N: 1}}, graceSet, s.Memory)
	same(t, "kind", f.store.found[0].Kind, recovery.Made)
}
