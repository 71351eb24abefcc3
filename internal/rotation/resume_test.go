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
	)
	outcomes := map[string][]Kind{
		takes: {RotationResumed}, rotates: {APICalled}, dead: {RecoveryDead, APICalled}, waits: {RecoveryUnchecked}, stops: {RecoveryUndecryptable},
	}
	decided(t, []string{"sealed opened", "accepted refused forbidden unknown", "sameTriggers others", "known unknown", "made replaced", "beside inState"},
		[]rule[string]{
			{"any    any       any          any     any      inState", rotates},
			{"sealed any       sameTriggers known   made     beside", stops},
			{"sealed any       others       any     any      beside", rotates},
			{"sealed any       sameTriggers unknown any      beside", rotates},
			{"sealed any       sameTriggers known   replaced beside", rotates},
			{"opened refused   any          any     any      beside", dead},
			{"opened forbidden any          any     any      beside", rotates},
			{"opened accepted  sameTriggers known   made     beside", takes},
			{"opened unknown   sameTriggers known   made     beside", waits},
			{"opened accepted|unknown others       any     any      beside", rotates},
			{"opened accepted|unknown sameTriggers unknown any      beside", rotates},
			{"opened accepted|unknown sameTriggers known   replaced beside", rotates},
		},
		func(c []string) string {
			f := newFixture()
			f.api.answers["s2"] = answers[c[1]]
			entry := sealedEntryOf("s2", "s0")
			entry.Replaced = c[4] == "replaced"
			if c[2] == "others" {
				entry.Triggers = Triggers{Values: map[string]string{"a": `"2"`}}.fingerprint()
			}
			if c[3] == "known" {
				entry.Known = append(entry.Known, fingerprint("s1"))
			}
			f.store.entry = entry
			process := f.process()
			if c[0] == "opened" {
				process = f.process(withKey("alice"))
			}
			if c[5] == "inState" {
				s := f.holding("s2").encryptedFor("alice")
				process.see(s.Held, s.History)
			}
			result := rotateNow(t, process, f.holding("s1"), Arguments{})
			for outcome, want := range outcomes {
				if got := kinds(result.Events); len(got) == len(want) && got[0] == want[0] {
					resumed := outcome == takes
					if wantPosts := map[bool]int{true: 1}[outcome == rotates || outcome == dead]; len(f.api.posts) != wantPosts || resumed != (result.Held.Fingerprint == fingerprint("s2")) {
						return "does not what it says: " + outcome
					}
					return outcome
				}
			}
			return "unexpected events"
		})
}

func TestResumedRotation(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	made := f.now.Add(-time.Hour)
	f.store.entry = &recovery.Entry{
		Secret: "s2", Fingerprint: fingerprint("s2"), ObtainedAt: made, OldSecretExpiresAt: f.now,
		Known: fingerprints("s0", "s1"), Triggers: Triggers{}.fingerprint(),
	}
	process := f.process()
	result := rotateNow(t, process, f.holding("s1"), Arguments{Recipients: Recipients{Keys: []string{"bob"}}})
	same(t, "failed", result.Failed, false)
	equal(t, "events", result.Events, []Event{{Kind: RotationResumed, At: made}})
	same(t, "held", result.Held, Held{
		IntegratorKey: ourKey, Ciphertext: "for bob:s2", Fingerprint: fingerprint("s2"),
		OldSecretExpiresAt: f.now, RotatedAt: made.UTC(), Version: made.Unix(),
	})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s1", "s0"))
	equal(t, "used", f.api.used, []string{"s2"})
	equal(t, "sent", f.api.posts, nil)
	same(t, "the file stays until a refresh finds the secret in the state", f.store.entry != nil, true)

	result = rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "events of a second rotation", kinds(result.Events), []Kind{SecondRotation})
}

// Creation makes the same rotation again if the configured secret is the one that
// the recovered secret came after, or itself.
func TestCreationIsResumed(t *testing.T) {
	t.Parallel()
	for secret, kind := range map[string]Kind{"s1": RotationResumed, "s2": RotationResumed, "s3": APICalled} {
		f := newFixture()
		f.api.answers = map[string]error{"s2": nil, "s3": nil}
		f.store.entry = entryOf("s2", "s1")
		result, _ := f.process(configured(secret)).Create(t.Context(), Arguments{}, graceSet)
		equal(t, "events", kinds(result.Events), []Kind{kind})
	}
}

func TestRecoveredSecretIsProbedAgainBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = map[string]error{"s1": nil, "s2": errUnreachable}
	f.store.entry = entryOf("s2", "s1")
	process := f.process(skipValidation) // even so
	process.Refresh(t.Context(), f.holding("s1").Object, Memory{})
	result := rotateNow(t, process, f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, true)
	equal(t, "events", result.Events, []Event{{Kind: RecoveryUnchecked, Err: errUnreachable}})
	equal(t, "sent", f.api.posts, nil)

	f.api.answers["s2"] = nil
	result = rotateNow(t, process, f.holding("s1"), Arguments{})
	equal(t, "events", kinds(result.Events), []Kind{RotationResumed})
}

// A live recovered secret of another rotation signs.
func TestRecoveredSecretSigns(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = accepted("s2")
	f.store.entry = entryOf("s2")
	result := rotateNow(t, f.process(), f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, false)
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s1", "s2"})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s1", "s2"))
}
