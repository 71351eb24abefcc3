// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAKillBetweenTwoSteps does the steps of Save one by one, and looks after each at
// what a process that is killed there leaves to the next.
func TestAKillBetweenTwoSteps(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	r := reserve(t, f, map[string]int{"": 1000, old: 1000, older: 1000})
	// expect has the kinds of the entries and, for each, how many copies it has.
	expect := func(step string, want ...string) {
		t.Helper()
		var got []string
		for _, found := range load(t, f) {
			known := "known"
			if found.Fingerprint == "" {
				known = "unknown"
			}
			got = append(got, fmt.Sprintf("%s %s %d", found.Kind, known, len(found.Copies)))
			for _, c := range found.Copies {
				if !sameCopies([]Copy{c}, copies[:1]) && !sameCopies([]Copy{c}, copies[1:]) {
					t.Errorf("%s: a copy is not what was written", step)
				}
			}
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s: %v is found, not %v", step, got, want)
		}
		if next := reserve(t, f, map[string]int{"": 1}); next != nil { // the next process removes nothing
			next.Release()
		}
	}
	expect("reserved")
	write := func(part, content string) {
		t.Helper()
		if _, err := r.files[part].WriteAt([]byte(content), 0); err != nil {
			t.Fatal(err)
		}
	}
	write(recipients, copies[0].Ciphertext[:150])
	expect("half of a copy is written")
	write(recipients, copies[0].Ciphertext)
	expect("a copy is written", "kept unknown 1")
	if err := r.files[recipients].Truncate(int64(len(copies[0].Ciphertext))); err != nil {
		t.Fatal(err)
	}
	expect("it has its size", "kept unknown 1")
	for i, step := range []string{"it has its name", "the other copy too"} {
		if err := r.saveCopy(made1, copies[i]); err != nil {
			t.Fatal(err)
		}
		expect(step, fmt.Sprintf("kept known %d", i+1))
	}
	write(metadata, `{"kind":"made"`)
	expect("half of the metadata is written", "kept known 2")
	if err := r.saveRecord(Record{Kind: Made, Fingerprint: made1}); err != nil {
		t.Fatal(err)
	}
	expect("the entry is whole", "made known 2")
	left := len(names(t, f))
	r.Release()
	if left-len(names(t, f)) != 1 || left != 4 {
		t.Errorf("%d files are left, and of them one is space for another copy", left)
	}
	expect("the space is released", "made known 2")

	if err := remove(f.metadataPath(made1)); err != nil {
		t.Fatal(err)
	}
	expect("the entry is being removed", "kept known 2")
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
		child := exec.Command(os.Args[0], "-test.run=^TestAKillAtAnyTime$")
		child.Env = append(os.Environ(), "RECOVERY_TEST_SAVE_TO="+f.Path())
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		saved := 0
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if lines.Text() == "saved" {
				saved++
			}
			if saved == 1+round {
				_ = child.Process.Kill() // lines that it said before still come
			}
		}
		_ = child.Wait() // it was killed
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
