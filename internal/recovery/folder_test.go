// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age/armor"
	"pgregory.net/rapid"
)

const (
	made1 = "1111111111111111" // fingerprints
	made2 = "2222222222222222"
	old   = "00000000000000aa"
	older = "00000000000000bb"
)

var someDay = time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)

func newFolder(t *testing.T) *Folder {
	t.Helper()
	return NewFolder(filepath.Join(t.TempDir(), "folder"), "int_demo", "https://api.example")
}

// armored returns an armored file that looks like age's, with content that is
// different each time.
func armored() string {
	content := make([]byte, 200)
	_, _ = rand.Read(content)
	var text bytes.Buffer
	w := armor.NewWriter(&text)
	_, err := w.Write(append([]byte("age-encryption.org/v1\n"), content...))
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return text.String()
}

func save(t *testing.T, f *Folder, record Record, with ...string) []Copy {
	t.Helper()
	var copies []Copy
	for _, w := range with {
		copies = append(copies, Copy{With: w, Ciphertext: armored()})
	}
	if err := f.Save(record, copies); err != nil {
		t.Fatal(err)
	}
	return copies
}

// load loads entries of which none is a problem.
func load(t *testing.T, f *Folder) []Found {
	t.Helper()
	found, problems := f.Load()
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	return found
}

// sameCopies compares copies but for their paths and order.
func sameCopies(a, b []Copy) bool {
	ordered := func(copies []Copy) []Copy {
		copies = slices.Clone(copies)
		for i := range copies {
			copies[i].Path = ""
		}
		slices.SortFunc(copies, func(a, b Copy) int { return strings.Compare(a.With, b.With) })
		return copies
	}
	return slices.Equal(ordered(a), ordered(b))
}

func names(t *testing.T, f *Folder) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(f.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, strings.Replace(entry.Name(), f.id, "ID", 1))
	}
	return names
}

func TestAnEntryIsMetadataAndAFileForEachCopy(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, "", old)
	want := []string{
		"integrator-ID-" + made1 + "." + old + ".age",
		"integrator-ID-" + made1 + ".json",
		"integrator-ID-" + made1 + ".recipients.age",
	}
	if got := names(t, f); !slices.Equal(got, want) {
		t.Errorf("files: %v", got)
	}
}

// anyRecord draws records of all kinds.
func anyRecord() *rapid.Generator[Record] {
	fingerprint := rapid.StringMatching("[0-9a-f]{16}")
	moment := rapid.Custom(func(rt *rapid.T) time.Time {
		if rapid.Bool().Draw(rt, "unknown") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 1<<33).Draw(rt, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(rt, "ns")).UTC()
	})
	return rapid.Custom(func(rt *rapid.T) Record {
		return Record{
			Kind:               rapid.SampledFrom([]Kind{Made, Kept}).Draw(rt, "kind"),
			Fingerprint:        fingerprint.Draw(rt, "fingerprint"),
			SentAt:             moment.Draw(rt, "sent"),
			ObtainedAt:         moment.Draw(rt, "obtained"),
			OldSecretExpiresAt: moment.Draw(rt, "expires"),
			SignedBy:           rapid.SampledFrom([]string{"", old}).Draw(rt, "signer"),
			InState:            rapid.SliceOfN(fingerprint, 1, 3).Draw(rt, "in state"),
			Created:            rapid.Bool().Draw(rt, "created"),
			Triggers:           fingerprint.Draw(rt, "triggers"),
			Configured:         fingerprint.Draw(rt, "configured"),
			Superseded:         rapid.SliceOfN(fingerprint, 1, 30).Draw(rt, "superseded"),
		}
	})
}

func TestWhatIsSavedIsLoaded(t *testing.T) {
	t.Parallel()
	sealedWith := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"", old, older}), 1, 3, rapid.ID[string])
	entries := rapid.SliceOfNDistinct(anyRecord(), 1, 3, func(r Record) string { return r.Fingerprint })
	rapid.Check(t, func(rt *rapid.T) {
		f := newFolder(t)
		saved := map[string]Found{}
		for _, record := range entries.Draw(rt, "records") {
			copies := save(t, f, record, sealedWith.Draw(rt, "with")...)
			record.IntegratorKey, record.Endpoint = "int_demo", "https://api.example"
			saved[record.Fingerprint] = Found{Record: record, Copies: copies}
		}
		found := load(t, f)
		if len(found) != len(saved) || !slices.IsSortedFunc(found, func(a, b Found) int { return b.SentAt.Compare(a.SentAt) }) {
			rt.Errorf("%d of %d entries are loaded, or in another order", len(found), len(saved))
		}
		for _, got := range found {
			if want := saved[got.Fingerprint]; !reflect.DeepEqual(got.Record, want.Record) || !sameCopies(got.Copies, want.Copies) {
				rt.Errorf("loaded %+v, not %+v", got.Record, want.Record)
			}
		}
	})
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	others := NewFolder(f.path, "int_other", f.endpoint)
	elsewhere := NewFolder(f.path, f.key, "https://other.example")
	var all [][]Copy
	for _, folder := range []*Folder{f, others, elsewhere} {
		for _, fingerprint := range []string{made1, made2} {
			all = append(all, save(t, folder, Record{Kind: Made, Fingerprint: fingerprint}, "", old))
		}
	}
	for i, folder := range []*Folder{f, others, elsewhere} {
		for j, found := range load(t, folder) { // all without a time, so in the order of names
			if !sameCopies(found.Copies, all[2*i+j]) || found.IntegratorKey != folder.key || found.Endpoint != folder.endpoint {
				t.Errorf("entry %d of folder %d is another", j, i)
			}
		}
	}
}
