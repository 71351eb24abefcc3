// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// put writes a file of the folder as somebody else may.
func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// expectProblem expects one problem, which names the file and quotes nothing.
func expectProblem(t *testing.T, problems []error, path, what string) {
	t.Helper()
	if len(problems) != 1 {
		t.Fatalf("%d problems: %v", len(problems), problems)
	}
	text := problems[0].Error()
	if !strings.Contains(text, path) || !strings.Contains(text, what) || strings.Contains(text, "PLANTED") {
		t.Errorf("the problem is: %s", text)
	}
}

func TestAMissingFolderIsNoProblem(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if found := load(t, f); len(found) > 0 {
		t.Error("it holds something")
	}
	if _, err := os.Stat(f.Path()); !os.IsNotExist(err) {
		t.Errorf("Load made it: %v", err)
	}
}

func TestSomethingElseInPlaceOfTheFolderIsAProblem(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	put(t, f.Path(), "PLANTED")
	found, problems := f.Load()
	expectProblem(t, problems, f.Path(), "is a file, and not a folder")
	if len(found) > 0 {
		t.Error("it holds something")
	}
	if err := f.Save(Record{Kind: Made, Fingerprint: made1}, []Copy{{Ciphertext: armored()}}); err == nil {
		t.Error("something is saved there")
	}
}

func TestTheNewestRequestComesFirst(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: "0000000000000001", SentAt: someDay, ObtainedAt: someDay.Add(time.Hour)}, old)
	save(t, f, Record{Kind: Made, Fingerprint: "0000000000000002", SentAt: someDay.Add(time.Second)}, old)
	save(t, f, Record{Kind: Kept, Fingerprint: "0000000000000003"}, old)
	save(t, f, Record{Kind: Made, Fingerprint: "0000000000000004", SentAt: someDay.Add(-time.Second)}, old)
	var order []string
	for _, found := range load(t, f) {
		order = append(order, found.Fingerprint[15:])
	}
	if !slices.Equal(order, []string{"2", "1", "4", "3"}) {
		t.Errorf("the order is %v", order)
	}
}

func TestCopiesWithoutMetadataOnlySign(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	copies := save(t, f, Record{Kind: Made, Fingerprint: made1, SentAt: someDay}, "", old)
	if err := os.Remove(f.metadataPath(made1)); err != nil {
		t.Fatal(err)
	}
	found := load(t, f)
	if len(found) != 1 || !sameCopies(found[0].Copies, copies) || found[0].Kind != Kept || found[0].Fingerprint != made1 {
		t.Errorf("found %d entries", len(found))
	}
}

func TestMetadataWithoutCopiesIsFound(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	if err := os.Remove(f.copyPath(made1, old)); err != nil {
		t.Fatal(err)
	}
	if found := load(t, f); len(found) != 1 || len(found[0].Copies) > 0 || found[0].Kind != Made {
		t.Errorf("found %d entries", len(found))
	}
}

func TestACopyThatIsNotWholeIsAProblem(t *testing.T) {
	t.Parallel()
	whole := armored()
	lines := strings.SplitAfter(whole, "\n")
	for name, content := range map[string]string{
		"empty":         "",
		"no age file":   "PLANTED",
		"cut":           whole[:len(whole)/2],
		"without end":   strings.Join(lines[:len(lines)-2], ""),
		"other content": "-----BEGIN AGE ENCRYPTED FILE-----\nUExBTlRFRA==\n-----END AGE ENCRYPTED FILE-----\n",
		"too large":     whole + strings.Repeat("PLANTED", 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			copies := save(t, f, Record{Kind: Made, Fingerprint: made1}, "", old)
			put(t, f.copyPath(made1, old), content)
			found, problems := f.Load()
			expectProblem(t, problems, f.copyPath(made1, old), "")
			if len(found) != 1 || !sameCopies(found[0].Copies, copies[:1]) || found[0].Kind != Made {
				t.Error("the other copy does not count")
			}
		})
	}
}

func TestAFolderInPlaceOfAFileIsAProblem(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if err := os.MkdirAll(f.metadataPath(made1), 0o700); err != nil {
		t.Fatal(err)
	}
	_, problems := f.Load()
	expectProblem(t, problems, f.metadataPath(made1), "is a folder")
}

func TestTheKindOfAFileIsNamed(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fs.FileMode]string{
		0:                                 "a file",
		fs.ModeSymlink:                    "a symbolic link",
		fs.ModeDir:                        "a folder",
		fs.ModeNamedPipe:                  "a named pipe",
		fs.ModeSocket:                     "a socket",
		fs.ModeDevice:                     "a device",
		fs.ModeDevice | fs.ModeCharDevice: "a device",
		fs.ModeIrregular:                  "something special",
	} {
		if got := kindOfFile(mode | 0o600); got != want {
			t.Errorf("%v is %s", mode, got)
		}
	}
}

func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	for _, name := range []string{
		"notes.txt", "integrator-ID.json", "integrator-ID-.json", "integrator-ID-" + made1, "integrator-ID-" + made1 + ".json.bak",
		"integrator-ID-" + made1 + "0.json", "integrator-ID-" + made1 + ".json.age", "integrator-ID-" + made1 + ".other.age",
		"integrator-ID.reply-1.recipients.age", ".integrator-123", ".integrator-ID.other.1", ".integrator-ID.json", "integrator-0123456789abcdef-" + made1 + ".json",
	} {
		put(t, filepath.Join(f.Path(), strings.Replace(name, "ID", f.id, 1)), "PLANTED")
	}
	if found := load(t, f); len(found) > 0 {
		t.Errorf("%d are taken for entries", len(found))
	}
	before := names(t, f)
	r, err := f.Reserve(someDay.AddDate(100, 0, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
	if after := names(t, f); !slices.Equal(before, after) {
		t.Errorf("left is %v", after)
	}
}

func TestLoadChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	put(t, f.metadataPath(made2), "damaged")
	put(t, f.copyPath(made2, old), "damaged")
	put(t, filepath.Join(f.Path(), ".integrator-"+f.id+"."+old+".1"), "cut")
	put(t, filepath.Join(f.Path(), ".integrator-"+f.id+".json.1"), "cut")
	before, count := names(t, f), 0
	for range 2 {
		_, problems := f.Load()
		count += len(problems)
	}
	if after := names(t, f); !slices.Equal(before, after) || count != 4 {
		t.Errorf("left is %v after %d problems", after, count)
	}
}
