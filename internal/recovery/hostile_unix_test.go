// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package recovery

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// paths are those of each kind of file that Load reads.
func paths(f *Folder) []string {
	return []string{f.metadataPath(made1), f.copyPath(made1, old), filepath.Join(f.Path(), ".integrator-"+f.id+"."+old+".1")}
}

func TestANamedPipeInPlaceOfAFileIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for i := range paths(newFolder(t)) {
		f := newFolder(t)
		pipe(t, paths(f)[i])
		_, problems := f.Load()
		expectProblem(t, problems, paths(f)[i], "is a named pipe")
	}
}

func TestALinkInPlaceOfAFileIsNotFollowed(t *testing.T) {
	t.Parallel()
	for i := range paths(newFolder(t)) {
		f := newFolder(t)
		target := filepath.Join(t.TempDir(), "target")
		put(t, target, armored())
		link(t, target, paths(f)[i])
		found, problems := f.Load()
		expectProblem(t, problems, paths(f)[i], "is a symbolic link")
		if len(found) > 0 {
			t.Error("it is followed")
		}
	}
}

// TestAFileThatIsExchangedMeanwhile has the info of a file in whose place something
// else was put before it is opened.
func TestAFileThatIsExchangedMeanwhile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	put(t, path, "x")
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	aPipe, aLink := path+".pipe", path+".link"
	pipe(t, aPipe)
	link(t, path, aLink)
	if _, err := readRegular(aPipe, info, noFollow); err == nil || !strings.Contains(err.Error(), "is a named pipe") {
		t.Errorf("a pipe: %v", err)
	}
	if _, err := readRegular(aLink, info, noFollow); err == nil || !strings.Contains(err.Error(), aLink) {
		t.Errorf("a link: %v", err)
	}
}

func TestANamedPipeInPlaceOfTheFolderIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	pipe(t, f.Path())
	_, problems := f.Load()
	expectProblem(t, problems, f.Path(), "is a named pipe, and not a folder")
	if _, err := f.Reserve(someDay, nil); err == nil {
		t.Error("space is reserved in it")
	}
	if _, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); err == nil {
		t.Error("a reply is saved in it")
	}
}

// TestWhatIsSavedTakesThePlaceOfALink shows that nothing is written through one.
func TestWhatIsSavedTakesThePlaceOfALink(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	target := filepath.Join(t.TempDir(), "target")
	put(t, target, "untouched")
	link(t, target, f.metadataPath(made1))
	link(t, target, f.copyPath(made1, old))
	link(t, target, filepath.Join(f.Path(), f.replyPrefix()+"1.recipients.age"))
	copies := save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	if _, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); err != nil {
		t.Fatal(err)
	}
	if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, copies) {
		t.Error("the entry is not there")
	}
	if content, err := os.ReadFile(target); err != nil || string(content) != "untouched" {
		t.Errorf("the target was written: %v", err)
	}
}

func TestAFolderMayBeALink(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	link(t, t.TempDir(), f.Path())
	copies := save(t, f, Record{Kind: Made, Fingerprint: made1}, old)
	if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, copies) {
		t.Error("the entry is not there")
	}
}

func TestAFolderBelowALinkToNowhereCannotBeMade(t *testing.T) {
	t.Parallel()
	aLink := filepath.Join(t.TempDir(), "integrator")
	link(t, filepath.Join(t.TempDir(), "nowhere"), aLink)
	expectNotMade(t, NewFolder(filepath.Join(aLink, "default"), "int_demo", "https://api.example"), aLink)
}

func TestOnlyTheOwnerReadsTheFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	f := NewFolder(filepath.Join(data, "new", ".terraform", "integrator", "default"), "int_demo", "https://api.example")
	if err := f.Exposed(); err != nil {
		t.Errorf("exposed before it is there: %v", err)
	}
	save(t, f, Record{Kind: Made, Fingerprint: made1}, "", old)
	if _, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Exposed(); err != nil {
		t.Errorf("exposed: %v", err)
	}
	umask := syscall.Umask(0) // as it is: to change it would change it for other tests
	syscall.Umask(umask)
	for path, want := range map[string]os.FileMode{
		filepath.Join(data, "new"):               0o777 &^ os.FileMode(umask),
		filepath.Join(data, "new", ".terraform"): 0o777 &^ os.FileMode(umask),
		filepath.Dir(f.Path()):                   0o700,
		f.Path():                                 0o700,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has not %v: %v", path, want, err)
		}
	}
	for _, name := range names(t, f) {
		path := filepath.Join(f.Path(), strings.Replace(name, "ID", f.id, 1))
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others can read %s: %v", name, err)
		}
	}
	for mode, exposed := range map[os.FileMode]bool{0o755: true, 0o770: true, 0o702: true, 0o711: false, 0o700: false} {
		if err := os.Chmod(f.Path(), mode); err != nil {
			t.Fatal(err)
		}
		err := f.Exposed()
		if exposed != (err != nil) {
			t.Errorf("%v: %v", mode, err)
		}
		if mode == 0o755 && !strings.Contains(err.Error(), "mode 0755; type: chmod 700 "+f.Path()) {
			t.Errorf("the error is: %v", err)
		}
	}
}
