// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAFullDisk has a small disk of its own, in a process that sees it alone.
func TestAFullDisk(t *testing.T) {
	if path := os.Getenv("RECOVERY_TEST_DISK"); path != "" {
		fillDisk(t, path)
		return
	}
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^TestAFullDisk$", "-test.v")
	child.Env = append(os.Environ(), "RECOVERY_TEST_DISK="+t.TempDir())
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	output, err := child.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran || strings.Contains(string(output), "cannot mount") {
		t.Skipf("a disk cannot be mounted here: %v", err)
	}
	if err != nil {
		t.Errorf("%v:\n%s", err, output)
	}
}

func fillDisk(t *testing.T, path string) {
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatalf("cannot mount: %v", err)
	}
	f := NewFolder(filepath.Join(path, "folder"), "int_demo", "https://api.example")
	r := reserve(t, f, map[string]int{"": 1000, old: 1000})
	if err := os.WriteFile(filepath.Join(path, "full"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	before := names(t, f)
	if _, err := f.Reserve(someDay, map[string]int{"": 1000}); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), f.Path()) {
		t.Errorf("more is reserved: %v", err)
	}
	if paths, err := f.SaveReply([]Copy{{Ciphertext: armored()}}); !errors.Is(err, syscall.ENOSPC) || len(paths) > 0 {
		t.Errorf("a reply is saved: %v", err)
	}
	if after := names(t, f); len(after) != len(before) {
		t.Errorf("left is %v", after)
	}
	copies := []Copy{{Ciphertext: armored()}, {With: old, Ciphertext: armored()}}
	if err := r.Save(Record{Kind: Made, Fingerprint: made1}, copies); err != nil {
		t.Errorf("the reserved space is of no use: %v", err)
	}
	if found := load(t, f); len(found) != 1 || !sameCopies(found[0].Copies, copies) || found[0].Kind != Made {
		t.Error("the entry is not whole")
	}
	if _, err := os.Stat(f.metadataPath(made1)); err != nil {
		t.Error(err)
	}
}
