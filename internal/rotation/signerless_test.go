// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// Where nothing can sign, a plan fails only if that leaves everything as it is. One
// that may be made again during apply warns.
func TestPlanWithoutASigner(t *testing.T) {
	t.Parallel()
	decided(t, []string{"in-place creation replacement tainted", "nothing state configured folder", "plan known-plan apply", "checked unchecked unknown"},
		[]rule[string]{
			{"any any apply any", "nothing"},
			{"any any plan|known-plan unknown", "nothing"},
			{"any state|configured|folder plan|known-plan checked|unchecked", "nothing"},
			{"in-place|replacement nothing plan|known-plan checked|unchecked", "error"},
			{"creation|tainted nothing plan checked|unchecked", "warning"},
			{"creation|tainted nothing known-plan checked|unchecked", "error"},
		},
		func(c []string) string {
			f := newFixture()
			s := f.holding("s1")
			if c[1] != "state" {
				s = s.encryptedFor("alice")
			}
			if c[1] == "folder" {
				f.store.found = []recovery.Found{forBob(f.made("s2", "s0"), "s2")}
			}
			f.api.answers = map[string]error{"s1": nil, "s2": nil}
			process := f.process(configured(map[string]string{"configured": "s1"}[c[1]]), withKey("bob"), map[string]func(*Config){
				"plan": planned, "known-plan": planning, "apply": applying,
			}[c[2]], map[string]func(*Config){
				"checked": planned, "unchecked": skipValidation, "unknown": settingsUnknown,
			}[c[3]])
			var prior *Object
			var memory Memory
			switch c[0] {
			case "in-place":
				prior, memory = &s.Object, s.Memory
			case "replacement":
				memory = s.Memory
			case "tainted":
				process.Refresh(t.Context(), s.Object, s.Memory)
			}
			if c[1] == "state" {
				process.Load(s.Held)
			}
			events := process.Plan(t.Context(), prior, Arguments{Days: Days{N: 9}, Recipients: Recipients{Keys: []string{"bob"}}}, graceSet, memory).Events
			said := kinds(events)
			if slices.Contains(said, CreationPlanned) && (slices.Contains(said, Signerless) || slices.Contains(said, CreationSignerless)) {
				t.Errorf("%v: says that a secret is going to be made, and that none can be", c)
			}
			switch {
			case slices.Contains(said, Signerless):
				same(t, "undecryptable", event(events, Signerless).Undecryptable.InState, c[0] == "in-place" || c[0] == "tainted")
				return "error"
			case slices.Contains(said, CreationSignerless):
				return "warning"
			}
			return "nothing"
		})
}

// planned is the plan of a Terraform that does not say so.
func planned(*Config) {}

func settingsUnknown(c *Config) { c.API = nil }

// forBob is the same entry, which only bob opens.
func forBob(found recovery.Found, secret string) recovery.Found {
	found.Copies = []recovery.Copy{{Ciphertext: "for bob:" + secret, Path: "file-of-" + found.Fingerprint}}
	return found
}

// An apply without a signer sends nothing.
func TestApplyWithoutASigner(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1").encryptedFor("alice")
	result := rotateNow(t, f.process(configured("")), s, s.Arguments)
	same(t, "failed", result.Failed, true)
	equal(t, "events", result.Events, []Event{{Kind: Signerless, Undecryptable: Undecryptable{InState: true}}})

	result, restored := f.process(configured("")).Create(t.Context(), Arguments{}, graceSet)
	equal(t, "events of a creation", result.Events, []Event{{Kind: Signerless, Blind: true}})
	if restored != nil {
		t.Error("something is restored")
	}

	s.Replacing = true
	process := f.process(configured(""))
	process.Delete(t.Context(), Replaced{Object: s.Object}, s.Memory)
	result, restored = process.Create(t.Context(), s.Arguments, graceSet)
	equal(t, "events of a replacement", kinds(result.Events), []Kind{Signerless, OldSecretPutBack})
	if restored == nil {
		t.Error("the old object is not restored")
	}
	equal(t, "sent", f.api.posts, nil)
	equal(t, "probed", f.api.probed, nil)
}

// The secret in state, or one of the recovery folder, signs where none is configured.
func TestRotationWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	f := newFixture()
	s := f.holding("s1")
	result := rotateNow(t, f.process(configured("")), s, Arguments{})
	equal(t, "events", kinds(result.Events), []Kind{APICalled})
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s1"})
	equal(t, "superseded", result.Memory.Superseded, fingerprints("s1"))
	equal(t, "unproven", result.Memory.Unproven, nil)
	equal(t, "sealed with", []string{f.store.found[0].Copies[0].With}, fingerprints("s1"))

	f = newFixture()
	f.api.answers = accepted("s2")
	f.store.found = []recovery.Found{forBob(f.made("s2"), "s2")}
	result, _ = f.process(configured(""), withKey("bob")).Create(t.Context(), Arguments{}, graceSet)
	same(t, "failed", result.Failed, false)
	equal(t, "signers", reveal(f.api.posts[0].Signers), []string{"s2"})
}

// An import adopts the configured secret, so one has to be there until it is stored.
func TestImportWithoutAConfiguredSecret(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){"checked": planned, "unchecked": skipValidation} {
		f := newFixture()
		process := f.process(configured(""), change)
		equal(t, name, process.CheckImport(t.Context(), ourKey), []Event{{Kind: ImportSecretless}})
		found := process.Refresh(t.Context(), imported().Object, imported().Memory)
		same(t, name+": adoption due", found.Memory.AdoptionDue, "")
		same(t, name+": says that there is nothing to adopt", event(found.Events, AllRefused).OnlySuperseded, true)
		equal(t, "probed", f.api.probed, nil)
	}
}

// A plan to replace a secret tells whether the recovery folder can keep it meanwhile.
func TestPlanOfAReplacementThatNothingCanSeal(t *testing.T) {
	t.Parallel()
	decided(t, []string{"in-place creation replacement tainted", "plaintext encrypted", "unset same older dummy", "folder none", "accepted refused"},
		[]rule[bool]{
			{"replacement|tainted plaintext unset|dummy folder accepted", true},
			{"replacement|tainted plaintext unset|dummy folder refused", false},
			{"replacement|tainted plaintext unset|dummy none any", false},
			{"replacement|tainted plaintext same|older any any", false},
			{"replacement|tainted encrypted any any any", false},
			{"in-place|creation any any any any", false},
		},
		func(c []string) bool {
			f := newFixture()
			s := f.holding("s1")
			s.Superseded = fingerprints("s0")
			if c[1] == "encrypted" {
				s = s.encryptedFor("alice")
			}
			if c[4] == "refused" {
				f.api.answers = nothingAccepted
			}
			changes := []func(*Config){configured(map[string]string{"same": "s1", "older": "s0", "dummy": "dummy"}[c[2]]), withKey("alice")}
			if c[3] == "none" {
				changes = append(changes, noStore)
			}
			process := f.process(changes...)
			var prior *Object
			var memory Memory
			switch c[0] {
			case "in-place":
				prior, memory = &s.Object, s.Memory
			case "replacement": // the second of its two plans
				process.Plan(t.Context(), &s.Object, s.Arguments, graceSet, s.Memory)
				memory = s.Memory
			case "tainted":
				process.Refresh(t.Context(), s.Object, s.Memory)
			}
			events := process.Plan(t.Context(), prior, Arguments{Days: Days{N: 9}}, graceSet, memory).Events
			return slices.Contains(kinds(events), ReplacementUnsealed)
		})
}
