// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// summary has of each entry that is found the kind, whether it is known whose secret it
// is, and how many copies it has. All copies must be some of those that were written.
func summary(t *testing.T, f *Folder, written []Copy) string {
	t.Helper()
	var entries []string
	for _, found := range load(t, f) {
		for _, c := range found.Copies {
			if !slices.ContainsFunc(written, func(w Copy) bool { return c.Ciphertext == w.Ciphertext }) {
				t.Error("a copy is not what was written")
			}
		}
		name := cmp.Or(found.Fingerprint, "unknown")
		entries = append(entries, fmt.Sprintf("%s %s %d", found.Kind, name, len(found.Copies)))
	}
	return strings.Join(entries, ", ")
}

// TestAKillBetweenTwoSteps does the steps of Save one by one, and looks after each at
// what a process that is killed there leaves to the next.
func TestAKillBetweenTwoSteps(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	r := reserve(t, f, map[string]int{"": 1000, old: 1000, older: 1000})
	write := func(part, content string) error {
		_, err := r.files[part].WriteAt([]byte(content), 0)
		return err
	}
	ciphertext := copies[0].Ciphertext
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"reserved", func() error { return nil }, ""},
		{"half of a copy is written", func() error { return write(recipients, ciphertext[:150]) }, ""},
		{"a copy is written", func() error { return write(recipients, ciphertext) }, "kept unknown 1"},
		{"it has its size", func() error { return r.files[recipients].Truncate(int64(len(ciphertext))) }, "kept unknown 1"},
		{"it has its name", func() error { return r.saveCopy(made1, copies[0]) }, "kept " + made1 + " 1"},
		{"the other copy too", func() error { return r.saveCopy(made1, copies[1]) }, "kept " + made1 + " 2"},
		{"half of the metadata is written", func() error { return write(metadata, `{"kind":"made"`) }, "kept " + made1 + " 2"},
		{"the entry is whole", func() error { return r.saveRecord(Record{Kind: Made, Fingerprint: made1}) }, "made " + made1 + " 2"},
		{"the space is released", func() error { r.Release(); return nil }, "made " + made1 + " 2"},
		{"the entry is being removed", func() error { return remove(f.metadataPath(made1)) }, "kept " + made1 + " 2"},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := summary(t, f, copies); got != step.want {
			t.Errorf("%s: found %q, not %q", step.name, got, step.want)
		}
		before := names(t, f)
		reserve(t, f, map[string]int{"": 1}).Release()
		if after := names(t, f); !slices.Equal(before, after) {
			t.Errorf("%s: the next process makes of %v %v", step.name, before, after)
		}
	}
	if left := names(t, f); len(left) != 2 {
		t.Errorf("left is %v", left)
	}
}

// TestAKillAtAnyTime kills a process that saves one entry after another. What it said
// to be saved is there, and what it left of the next is no problem.
func TestAKillAtAnyTime(t *testing.T) {
	if path := os.Getenv("RECOVERY_TEST_SAVE_TO"); path != "" {
		saveForEver(t, NewFolder(path, "int_demo", "https://api.example"))
	}
	t.Parallel()
	for round := range 8 {
		f := newFolder(t)
		saved := killAfter(t, f, 1+round)
		made := 0
		for _, found := range load(t, f) {
			if found.Kind == Made {
				made++
			}
			if len(found.Copies) == 0 || found.Kind == Made && len(found.Copies) != 2 {
				t.Errorf("an entry that is %s has %d copies", found.Kind, len(found.Copies))
			}
		}
		if saved < 1+round || made < saved || made > saved+1 {
			t.Errorf("%d entries were saved, and %d are found", saved, made)
		}
	}
}

// killAfter kills a process as soon as it has saved n entries. By then it may have
// saved more.
func killAfter(t *testing.T, f *Folder, n int) (saved int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestAKillAtAnyTime$")
	child.Env = append(os.Environ(), "RECOVERY_TEST_SAVE_TO="+f.Path())
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if lines.Text() == "saved" {
			saved++
		}
		if saved == n {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait() // it was killed
	return saved
}

func saveForEver(t *testing.T, f *Folder) {
	for n := 0; ; n++ {
		r := reserve(t, f, map[string]int{"": 1000, old: 1000})
		copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
		if err := r.Save(Record{Kind: Made, Fingerprint: fmt.Sprintf("%016x", n)}, copies); err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.WriteString("saved\n")
	}
}
