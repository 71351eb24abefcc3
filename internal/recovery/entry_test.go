// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"os"
	"testing"
)

func TestAnEntryThatIsKeptRetainsAllElse(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	copies := save(t, f, Record{Kind: Made, Fingerprint: made1, SentAt: someDay, Superseded: []string{old}}, "", old)
	want := load(t, f)[0].Record
	want.Kind = Kept
	for range 2 {
		if err := f.Keep(load(t, f)[0]); err != nil {
			t.Fatal(err)
		}
		got := load(t, f)[0]
		a, _ := f.encode(got.Record)
		b, _ := f.encode(want)
		if string(a) != string(b) || !sameCopies(got.Copies, copies) {
			t.Errorf("it is %s, not %s", a, b)
		}
	}
}

func TestDamagedMetadataStaysAsItIs(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	put(t, f.metadataPath(made1), "damaged")
	found, _ := f.Load()
	if err := f.Keep(found[0]); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(f.metadataPath(made1)); err != nil || string(content) != "damaged" {
		t.Errorf("it was overwritten: %v", err)
	}
}

func TestAnEntryThatIsGoneIsNotKept(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	found := load(t, f)[0]
	for range 2 {
		if err := f.Remove(found); err != nil {
			t.Fatal(err)
		}
		if err := f.Keep(found); err != nil {
			t.Error(err)
		}
		if left := names(t, f); len(left) > 0 {
			t.Errorf("left is %v", left)
		}
	}
	if err := os.Remove(f.Path()); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(found); err != nil {
		t.Errorf("without a folder: %v", err)
	}
}

func TestAFailedKeepLeavesTheEntry(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	found := load(t, f)[0]
	if err := os.Remove(f.metadataPath(made1)); err != nil {
		t.Fatal(err)
	}
	block(t, f.metadataPath(made1))
	if err := f.Keep(found); err == nil {
		t.Error("no error")
	}
	if err := f.Remove(found); err == nil {
		t.Error("no error")
	}
	if left, _ := f.Load(); len(left) != 1 || len(left[0].Copies) != 1 {
		t.Error("a copy was removed without its metadata")
	}
}

func TestOnlyTheEntryIsRemoved(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	others := NewFolder(f.path, "int_other", f.endpoint)
	save(t, others, Record{Kind: Made, Fingerprint: made1}, "", old)
	save(t, f, Record{Kind: Made, Fingerprint: made1, SentAt: someDay}, "", old, older)
	save(t, f, Record{Kind: Made, Fingerprint: made2}, "", old)
	put(t, f.copyPath(made1, older), "damaged")
	if _, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); err != nil {
		t.Fatal(err)
	}
	found, _ := f.Load()
	if err := f.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	if left := names(t, f); len(left) != 7 {
		t.Errorf("left is %v", left)
	}
	if found := load(t, f); len(found) != 1 || found[0].Fingerprint != made2 || len(found[0].Copies) != 2 {
		t.Error("another entry was removed")
	}
}

func TestRepliesAreKept(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	contents := map[string]string{}
	for range 3 {
		copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
		paths, err := f.SaveReply(copies)
		if err != nil || len(paths) != 2 {
			t.Fatalf("%d paths: %v", len(paths), err)
		}
		for i, path := range paths {
			contents[path] = copies[i].Ciphertext
		}
	}
	for path, want := range contents {
		if content, err := os.ReadFile(path); err != nil || string(content) != want {
			t.Errorf("another reply is kept: %v", err)
		}
	}
	if left := names(t, f); len(contents) != 6 || left[5] != "integrator-ID.reply-3.recipients.age" {
		t.Errorf("the names are %v", left)
	}
	paths, err := f.SaveReply([]Copy{{Ciphertext: "PLANTED"}, {With: old, Ciphertext: armored()}})
	if err == nil || len(paths) != 1 {
		t.Errorf("%d paths: %v", len(paths), err)
	}
	if found := load(t, f); len(found) > 0 {
		t.Error("a reply is taken for a secret")
	}
}
