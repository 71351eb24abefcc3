// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func reserve(t *testing.T, f *Folder, sizes map[string]int) *Reservation {
	t.Helper()
	r, err := f.Reserve(someDay, sizes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheFullSizeIsReservedAndGivenBack(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := reserve(t, f, map[string]int{"": 1000, old: 2000})
	sizes := map[string]int64{}
	entries, err := os.ReadDir(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		sizes[strings.Split(entry.Name(), ".")[2]] = info.Size()
	}
	if len(sizes) != 3 || sizes["recipients"] != 1000 || sizes[old] != 2000 || sizes["json"] != metadataSize {
		t.Errorf("reserved: %v", sizes)
	}
	if found := load(t, f); len(found) > 0 {
		t.Error("reserved space is taken for an entry")
	}
	r.Release()
	r.Release()
	if left := names(t, f); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
}

func TestReservedSpaceIsUsed(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := reserve(t, f, map[string]int{"": 1000, old: 1000, older: 1000})
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	var before []os.FileInfo
	for _, part := range []string{recipients, old, metadata} {
		info, err := r.files[part].Stat()
		if err != nil {
			t.Fatal(err)
		}
		before = append(before, info)
	}
	if err := r.Save(Record{Kind: Made, Fingerprint: made1}, copies); err != nil {
		t.Fatal(err)
	}
	r.Release()
	for i, path := range []string{f.copyPath(made1, recipients), f.copyPath(made1, old), f.metadataPath(made1)} {
		if info, err := os.Stat(path); err != nil || !os.SameFile(info, before[i]) {
			t.Errorf("%s is another file: %v", path, err)
		}
	}
	for i, part := range []string{recipients, old} {
		if content, err := os.ReadFile(f.copyPath(made1, part)); err != nil || string(content) != copies[i].Ciphertext {
			t.Errorf("the file is not the ciphertext alone: %v", err)
		}
	}
	if left := names(t, f); len(left) != 3 {
		t.Errorf("left is %v", left)
	}
}

func TestMoreThanReservedIsSavedToo(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := reserve(t, f, map[string]int{"": 1})
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	if err := r.Save(Record{Kind: Made, Fingerprint: made1}, copies); err != nil {
		t.Fatal(err)
	}
	if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, copies) {
		t.Error("the entry is not whole")
	}
}

func TestAFailedReservationLeavesNothing(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if _, err := f.Reserve(someDay, map[string]int{"": 100, "no/fingerprint": 100}); err == nil {
		t.Error("something is reserved outside of the folder")
	}
	if left := names(t, f); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
}

func TestAFolderBelowAFileCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "untouched")
	f := NewFolder(filepath.Join(file, "integrator", "default"), "int_demo", "https://api.example")
	expectNotMade(t, f, file)
	if content, err := os.ReadFile(file); err != nil || string(content) != "untouched" {
		t.Errorf("the file was touched: %v", err)
	}
}

// expectNotMade has the folder be needed, and looks for an error that names a path.
func expectNotMade(t *testing.T, f *Folder, path string) {
	t.Helper()
	if _, err := f.Reserve(someDay, map[string]int{"": 100}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("space is reserved: %v", err)
	}
	if err := f.Save(Record{Kind: Made, Fingerprint: made1}, []Copy{{Ciphertext: armored()}}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a secret is saved: %v", err)
	}
	if paths, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); err == nil || !strings.Contains(err.Error(), path) || len(paths) > 0 {
		t.Errorf("a reply is saved: %v", err)
	}
}

// TestWhatIsRemovedMeanwhileIsWrittenAfresh is of a laptop that sleeps for days, and
// of somebody who deletes .terraform.
func TestWhatIsRemovedMeanwhileIsWrittenAfresh(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	for _, gone := range []string{".integrator-*", ""} {
		r := reserve(t, f, map[string]int{"": 1000, old: 1000})
		matches, err := filepath.Glob(filepath.Join(f.Path(), gone))
		if err != nil || len(matches) == 0 {
			t.Fatal(err)
		}
		for _, match := range matches {
			if err := os.RemoveAll(match); err != nil {
				t.Skipf("an open file cannot be removed here: %v", err)
			}
		}
		if err := r.Save(Record{Kind: Made, Fingerprint: made1}, copies); err != nil {
			t.Fatal(err)
		}
		if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, copies) {
			t.Error("the entry is not whole")
		}
	}
}

func TestLeftoversOfNoUseAreRemovedAfterADay(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	left := func(name, content string, age time.Duration) {
		path := filepath.Join(f.Path(), strings.Replace(name, "ID", f.id, 1))
		put(t, path, content)
		if err := os.Chtimes(path, someDay.Add(-age), someDay.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	left(".integrator-ID."+old+".1", "cut", 25*time.Hour)
	left(".integrator-ID.json.2", `{"kind":"made"}`, 25*time.Hour)
	left(".integrator-ID."+old+".3", "cut", 23*time.Hour)
	left(".integrator-ID."+old+".4", armored()+"rest", 25*time.Hour)
	left(".integrator-0123456789abcdef."+old+".5", "cut", 25*time.Hour)
	reserve(t, f, nil).Release()
	want := []string{".integrator-0123456789abcdef." + old + ".5", ".integrator-ID." + old + ".3", ".integrator-ID." + old + ".4"}
	if got := names(t, f); !slices.Equal(got, want) {
		t.Errorf("left is %v", got)
	}
}
