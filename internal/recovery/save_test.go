// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestOnlySealedCopiesAreWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Copy{
		"plaintext":            {With: old, Ciphertext: "PLANTED"},
		"nothing":              {With: old},
		"armored plaintext":    {With: old, Ciphertext: "-----BEGIN AGE ENCRYPTED FILE-----\nUExBTlRFRA==\n-----END AGE ENCRYPTED FILE-----\n"},
		"sealed with itself":   {With: made1, Ciphertext: armored()},
		"not by a fingerprint": {With: "PLANTED", Ciphertext: armored()},
	} {
		f := newFolder(t)
		err := reserve(t, f, map[string]int{"": 100}).Save(Record{Kind: Made, Fingerprint: made1}, []Copy{c})
		if err == nil || strings.Contains(err.Error(), "PLANTED") {
			t.Errorf("%s: %v", name, err)
		}
		good := Copy{Ciphertext: armored()}
		if err := reserve(t, f, map[string]int{"": 100}).Save(Record{Kind: Made, Fingerprint: made1}, []Copy{c, good}); err == nil {
			t.Errorf("%s beside a good copy: no error", name)
		}
		if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, []Copy{good}) || found[0].Kind != Made {
			t.Errorf("%s: the good copy was not saved", name)
		}
		if left := names(t, f); len(left) != 2 {
			t.Errorf("%s: left is %v", name, left)
		}
	}
}

func TestAnEntryNeedsACopyAndAFingerprint(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if err := f.Save(Record{Kind: Made, Fingerprint: made1}, nil); err == nil {
		t.Error("an entry without a copy is saved")
	}
	for _, fingerprint := range []string{"", "../escape", "1111"} {
		if err := f.Save(Record{Kind: Made, Fingerprint: fingerprint}, []Copy{{Ciphertext: armored()}}); err == nil {
			t.Errorf("saved under %q", fingerprint)
		}
	}
	if left := names(t, f); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
}

func TestSavingAgainReplacesMetadataAndAddsCopies(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	first := save(t, f, Record{Kind: Made, Fingerprint: made1, Triggers: "1"}, "", old)
	again := save(t, f, Record{Kind: Kept, Fingerprint: made1, Triggers: "2"}, old, older)
	found := load(t, f)
	if len(found) != 1 || found[0].Kind != Kept || found[0].Triggers != "2" || !sameCopies(found[0].Copies, append(again, first[0])) {
		t.Error("the entry is another")
	}
	save(t, f, Record{Kind: Kept, Fingerprint: made1, Triggers: "3"}) // the metadata alone
	if found := load(t, f); len(found[0].Copies) != 3 || found[0].Triggers != "3" {
		t.Error("the entry is another")
	}
}

// block puts a folder where a file is to be, which the file cannot replace.
func block(t *testing.T, path string) {
	t.Helper()
	put(t, filepath.Join(path, "file"), "")
}

func TestACopyThatCannotBeGivenItsNameStays(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	block(t, f.copyPath(made1, old))
	only := Copy{With: old, Ciphertext: armored()}
	err := reserve(t, f, map[string]int{old: 1000}).Save(Record{Kind: Made, Fingerprint: made1}, []Copy{only})
	if err == nil {
		t.Fatal("no error")
	}
	found, problems := f.Load()
	expectProblem(t, problems, f.copyPath(made1, old), "is a folder")
	if len(found) != 1 || !sameCopies(found[0].Copies, []Copy{only}) || found[0].Kind != Kept || found[0].Fingerprint != "" {
		t.Fatalf("found %d entries", len(found))
	}
	if path := found[0].Copies[0].Path; !strings.Contains(err.Error(), "stays in "+path) {
		t.Errorf("the error does not name %s: %v", path, err)
	}
	found[0].Fingerprint = made1 // whoever opens it learns it
	if err := f.Keep(found[0]); err != nil {
		t.Error(err)
	}
	if err := f.Remove(found[0]); err != nil {
		t.Error(err)
	}
	if found, _ := f.Load(); len(found) > 0 {
		t.Error("it is not removed")
	}
}

func TestAnEntryWithOneCopyInPlaceIsWhole(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	block(t, f.copyPath(made1, old))
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	if err := f.Save(Record{Kind: Made, Fingerprint: made1}, copies); err == nil {
		t.Error("no error")
	}
	found, _ := f.Load()
	if len(found) != 2 || found[0].Kind != Kept || !sameCopies(found[0].Copies, copies[1:]) || found[1].Kind != Made || !sameCopies(found[1].Copies, copies[:1]) {
		t.Errorf("found %d entries", len(found))
	}
}

func TestCopiesAreThereWithoutTheirMetadata(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	block(t, f.metadataPath(made1))
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	if err := f.Save(Record{Kind: Made, Fingerprint: made1}, copies); err == nil {
		t.Error("no error")
	}
	found, _ := f.Load()
	if len(found) != 1 || found[0].Kind != Kept || !sameCopies(found[0].Copies, copies) {
		t.Errorf("found %d entries", len(found))
	}
	if left := names(t, f); len(left) != 3 {
		t.Errorf("left is %v", left)
	}
}

func TestProcessesSaveAtOnce(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	var wait sync.WaitGroup
	saved := make([]Copy, 8)
	for i := range saved {
		fingerprint := strings.Repeat("0123"[i%4:i%4+1], 16) // two processes for each secret
		with := strings.Repeat("89"[i/4:i/4+1], 16)
		wait.Go(func() {
			for range 5 {
				saved[i] = saveAtOnce(t, f.Path(), fingerprint, with)
			}
		})
	}
	wait.Wait()
	found := load(t, f)
	if left := names(t, f); len(found) != 4 || len(left) != 4*3+8*5 {
		t.Fatalf("%d entries, and left is %v", len(found), left)
	}
	for i, entry := range found {
		if !sameCopies(entry.Copies, []Copy{saved[i], saved[i+4]}) {
			t.Errorf("entry %d has other copies", i)
		}
	}
}

func saveAtOnce(t *testing.T, path, fingerprint, with string) Copy {
	f := NewFolder(path, "int_demo", "https://api.example")
	saved := Copy{With: with, Ciphertext: armored()}
	r, err := f.Reserve(someDay, map[string]int{with: 1000})
	if err != nil {
		t.Error(err)
		return saved
	}
	if err := r.Save(Record{Kind: Made, Fingerprint: fingerprint}, []Copy{saved}); err != nil {
		t.Error(err)
	}
	if _, problems := f.Load(); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if paths, err := f.SaveReply([]Copy{saved}); err != nil || len(paths) != 1 {
		t.Errorf("%d replies: %v", len(paths), err)
	}
	return saved
}
