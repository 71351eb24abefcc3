// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// refreshCase is a refresh of a state that holds s1, in a process that is
// configured with s1, unless it says otherwise.
type refreshCase struct {
	state    func(*fixture) state // nil for one that holds s1 in plaintext
	config   []func(*Config)
	answers  map[string]error // of the API; nil for one that accepts s1
	recovery func(*fixture) recovery.Found
	pending  string // the secret whose adoption was due before

	adoption      string // the secret whose adoption is due afterwards
	unasked       bool   // nothing is found out about it
	kinds         []Kind
	source        Source
	probed        []string
	undecryptable Undecryptable
}

func (c refreshCase) test(t *testing.T) {
	t.Helper()
	f := newFixture()
	if c.recovery != nil {
		f.store.found = []recovery.Found{c.recovery(f)}
	}
	if c.answers != nil {
		f.api.answers = c.answers
	}
	s := f.holding("s1")
	if c.state != nil {
		s = c.state(f)
	}
	s.AdoptionDue = fingerprint(c.pending)
	found := f.process(c.config...).Refresh(t.Context(), s.Object, s.Memory)

	want := s.Memory
	want.AdoptionDue = fingerprint(c.adoption)
	want.Undated = c.adoption != "" && !c.unasked && !slices.Contains(f.store.holds(), fingerprint(c.adoption))
	same(t, "memory", found.Memory, want)
	equal(t, "events", kinds(found.Events), c.kinds)
	equal(t, "probed", f.api.probed, c.probed)
	equal(t, "sent", f.api.posts, nil)
	if len(found.Events) > 0 {
		same(t, "source", found.Events[0].Source, c.source)
		same(t, "undecryptable", found.Events[0].Undecryptable, c.undecryptable)
	}
}

func madeS2(f *fixture) recovery.Found   { return f.made("s2", "s1") }
func sealedS2(f *fixture) recovery.Found { return forAlice(f.made("s2", "s1"), "s2") }

// strayS2 came after another secret than the one in state.
func strayS2(f *fixture) recovery.Found {
	found := f.made("s2", "s1")
	found.SignedBy, found.InState, found.Superseded = fingerprint("s0"), nil, nil
	return found
}

// knowingS3 was made by a run that was configured with s3.
func knowingS3(f *fixture) recovery.Found {
	found := f.made("s2", "s1")
	found.Configured = fingerprint("s3")
	return found
}

var (
	nothingAccepted = map[string]error{}
	unreachable     = map[string]error{"s1": errUnreachable, "s2": errUnreachable, "s3": errUnreachable}
)

func superseding(secrets ...string) func(*fixture) state {
	return func(f *fixture) state {
		s := f.holding("s1")
		s.Superseded = fingerprints(secrets...)
		return s
	}
}

func encrypted(f *fixture) state         { return f.holding("s1").encryptedFor("alice") }
func importedState(_ *fixture) state     { return imported() }
func accepted(s string) map[string]error { return map[string]error{s: nil} }

func TestRefreshOfASecretInPlaintext(t *testing.T) {
	t.Parallel()
	both := map[string]error{"s1": nil, "s2": nil}
	for name, c := range map[string]refreshCase{
		"accepted":                        {kinds: []Kind{APICalled}, probed: []string{"s1"}},
		"accepted again":                  {pending: "s1", kinds: []Kind{APICalled}, probed: []string{"s1"}},
		"accepted beside the configured":  {config: []func(*Config){configured("s2")}, answers: both, kinds: []Kind{AnotherAccepted, APICalled}, probed: []string{"s1", "s2"}},
		"accepted, the configured is not": {config: []func(*Config){configured("s2")}, kinds: []Kind{APICalled}, probed: []string{"s1", "s2"}},
		"accepted, the configured is older": {
			state: superseding("s2"), config: []func(*Config){configured("s2")}, answers: both,
			kinds: []Kind{APICalled}, probed: []string{"s1"},
		},
		"accepted, and the newer one of an interrupted run": {
			recovery: madeS2, answers: both,
			adoption: "s2", kinds: []Kind{AdoptionPlanned, APICalled}, source: FromRecovery, probed: []string{"s1", "s2"},
		},
		"accepted, and one that it signed, but another state was there": {
			recovery: func(f *fixture) recovery.Found { found := f.made("s2", "s1"); found.InState = nil; return found },
			answers:  both, kinds: []Kind{APICalled}, probed: []string{"s1", "s2"},
		},
		"accepted, and one that came after another": {recovery: strayS2, answers: both, kinds: []Kind{APICalled}, probed: []string{"s1"}},
		"accepted, and one that may be older than the configured": {
			recovery: madeS2, config: []func(*Config){configured("s3")}, answers: map[string]error{"s1": nil, "s2": nil, "s3": nil},
			kinds: []Kind{AnotherAccepted, APICalled}, probed: []string{"s1", "s3"},
		},

		"refused, the configured is accepted": {
			config: []func(*Config){configured("s2")}, answers: accepted("s2"),
			adoption: "s2", kinds: []Kind{AdoptionPlanned, APICalled}, probed: []string{"s1", "s2"},
		},
		"refused, the recovered is accepted": {
			config: []func(*Config){configured("s3")}, recovery: knowingS3, answers: map[string]error{"s2": nil, "s3": nil},
			adoption: "s2", kinds: []Kind{AdoptionPlanned, APICalled}, source: FromRecovery, probed: []string{"s1", "s2"},
		},
		"refused, the configured is accepted, and may be newer than the recovered": {
			config: []func(*Config){configured("s3")}, recovery: madeS2, answers: map[string]error{"s2": nil, "s3": nil},
			adoption: "s3", kinds: []Kind{AdoptionPlanned, APICalled}, probed: []string{"s1", "s3"},
		},
		"refused, the recovered came after another": {
			recovery: strayS2, answers: accepted("s2"), kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"},
		},
		"refused, the recovered too, the configured is accepted": {
			config: []func(*Config){configured("s3")}, recovery: knowingS3, answers: accepted("s3"),
			adoption: "s3", kinds: []Kind{AdoptionPlanned, APICalled}, probed: []string{"s1", "s2", "s3"},
		},
		"all refused":                {config: []func(*Config){configured("s2")}, answers: nothingAccepted, pending: "s2", kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1", "s2"}},
		"refused, with no other":     {answers: nothingAccepted, kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"}},
		"refused, with an older one": {state: superseding("s2"), config: []func(*Config){configured("s2")}, answers: accepted("s2"), kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"}},
		"refused, and a file that cannot be opened": {
			recovery: sealedS2, answers: accepted("s2"),
			kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"}, undecryptable: Undecryptable{Recovered: []SealedCopy{{Path: "file-of-" + fingerprint("s2")}}},
		},

		"not known":                              {answers: unreachable, kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1"}},
		"not known, with an adoption due":        {config: []func(*Config){configured("s2")}, answers: unreachable, pending: "s2", adoption: "s2", kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1"}},
		"not known, with one of a file due":      {recovery: madeS2, answers: unreachable, pending: "s2", adoption: "s2", kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1"}},
		"not known, the secret to adopt is gone": {answers: unreachable, pending: "s2", kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1"}},
		"refused, the other is not known": {
			config: []func(*Config){configured("s3")}, recovery: knowingS3, answers: map[string]error{"s2": errUnreachable, "s3": nil}, pending: "s3", adoption: "s3",
			kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1", "s2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

func TestRefreshOfOtherStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]refreshCase{
		"an import, accepted":              {state: importedState, adoption: "s1", kinds: []Kind{APICalled}, probed: []string{"s1"}},
		"an import, whatever is recovered": {state: importedState, recovery: madeS2, answers: accepted("s2"), kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"}},
		"an import, refused":               {state: importedState, answers: nothingAccepted, kinds: []Kind{AllRefused, APICalled}, probed: []string{"s1"}},
		"an import, not known":             {state: importedState, answers: unreachable, pending: "s1", adoption: "s1", kinds: []Kind{NotChecked, APICalled}, probed: []string{"s1"}},

		"encrypted, with the key":     {state: encrypted, config: []func(*Config){withKey("alice"), configured("s2")}, kinds: []Kind{APICalled}, probed: []string{"s1", "s2"}},
		"encrypted, without a key":    {state: encrypted, config: []func(*Config){configured("s2")}, answers: accepted("s2"), pending: "s2", kinds: []Kind{APICalled}},
		"encrypted, with another key": {state: encrypted, config: []func(*Config){configured("s2"), withKey("bob")}, answers: accepted("s2"), kinds: []Kind{KeyDoesNotOpen, APICalled}},
		"encrypted, as configured":    {state: encrypted, kinds: []Kind{APICalled}, probed: []string{"s1"}},

		"unchecked":                      {config: []func(*Config){skipValidation}, answers: nothingAccepted},
		"unchecked, an adoption is due":  {config: []func(*Config){skipValidation, configured("s2")}, pending: "s2", adoption: "s2"},
		"unchecked, the secret is gone":  {config: []func(*Config){skipValidation}, pending: "s2"},
		"unchecked, an import":           {state: importedState, config: []func(*Config){skipValidation}, answers: nothingAccepted, adoption: "s1"},
		"settings unknown":               {config: []func(*Config){unconfigured}, pending: "s2", adoption: "s2", unasked: true},
		"settings unknown, an import":    {state: importedState, config: []func(*Config){unconfigured}},
		"settings unknown and encrypted": {state: encrypted, config: []func(*Config){unconfigured}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}
