// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"strings"
	"testing"
)

func TestCopiesBesideDamagedMetadataOnlySign(t *testing.T) {
	t.Parallel()
	sample := newFolder(t)
	content, err := sample.encode(Record{Kind: Made, Fingerprint: made1, SentAt: someDay})
	if err != nil {
		t.Fatal(err)
	}
	good := string(content)
	for name, damage := range map[string]string{
		"empty":               "",
		"no JSON":             "PLANTED",
		"cut":                 good[:len(good)-10] + "PLANTED",
		"more behind":         good + "PLANTED",
		"a wrong type":        `{"kind": 1, "fingerprint": "PLANTED"}`,
		"a wrong time":        strings.Replace(good, "2026-", "PLANTED-", 1),
		"no integrator":       strings.Replace(good, "int_demo", "", 1),
		"an unknown kind":     strings.Replace(good, `"made"`, `"PLANTED"`, 1),
		"of another secret":   strings.Replace(good, made1, made2, 1),
		"without fingerprint": strings.Replace(good, made1, "", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			copies := save(t, f, Record{Kind: Made, Fingerprint: made1, SentAt: someDay}, "", old)
			put(t, f.metadataPath(made1), damage)
			found, problems := f.Load()
			expectProblem(t, problems, f.metadataPath(made1), "cannot be used")
			if len(found) != 1 || !sameCopies(found[0].Copies, copies) || found[0].Kind != Kept || found[0].Fingerprint != made1 || !found[0].SentAt.IsZero() {
				t.Errorf("found %d entries", len(found))
			}
		})
	}
}

func TestEntriesOfAnotherIntegratorAreAProblem(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]*Folder{
		"key":      NewFolder(t.TempDir(), "int_other", "https://api.example"),
		"endpoint": NewFolder(t.TempDir(), "int_demo", "https://other.example"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
			content, err := other.encode(Record{Kind: Made, Fingerprint: made1})
			if err != nil {
				t.Fatal(err)
			}
			put(t, f.metadataPath(made1), string(content)) // as if somebody had renamed the file
			found, problems := f.Load()
			expectProblem(t, problems, f.metadataPath(made1), "of another integrator or endpoint")
			if len(found) > 0 {
				t.Error("it is used nevertheless")
			}
		})
	}
}

func FuzzParseRecord(f *testing.F) {
	folder := NewFolder("folder", "int_demo", "https://api.example")
	good, err := folder.encode(Record{Kind: Made, Fingerprint: made1, SentAt: someDay, InState: []string{old}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"kind":"kept","integrator_key":"int_demo","endpoint":"https://api.example"}`))
	f.Add([]byte(`[1`))
	f.Fuzz(func(t *testing.T, content []byte) {
		record, err := folder.parseRecord(content, made1)
		if err == nil && (record.Fingerprint != made1 || record.IntegratorKey != folder.key || record.Endpoint != folder.endpoint || record.Kind != Made && record.Kind != Kept) {
			t.Error("an entry of something else is accepted")
		}
		if err != nil && len(content) > 20 && strings.Contains(err.Error(), string(content)) {
			t.Error("the error repeats the content")
		}
	})
}

func FuzzSealed(f *testing.F) {
	f.Add([]byte(armored()))
	f.Add([]byte(armored() + "rest"))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		ciphertext, whole := sealed(content)
		if again, wholeAgain := sealed([]byte(ciphertext)); whole && (!wholeAgain || again != ciphertext) {
			t.Error("what it gives is not whole")
		}
	})
}
