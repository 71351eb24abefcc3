// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// recoveryFiles are the files in the recovery folder, whatever they are.
func (f *fixture) recoveryFiles() []string {
	f.t.Helper()
	entries, err := os.ReadDir(f.env["INTEGRATOR_RECOVERY_DIR"])
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.t.Fatal(err)
	}
	var files []string
	for _, entry := range entries {
		files = append(files, filepath.Join(f.env["INTEGRATOR_RECOVERY_DIR"], entry.Name()))
	}
	return files
}

// recovered is the number of the secret in the recovery file; none without one.
func (f *fixture) recovered() int {
	f.t.Helper()
	for _, file := range f.recoveryFiles() {
		var entry struct{ Secret string }
		content, err := os.ReadFile(file)
		if err == nil && filepath.Ext(file) == ".json" && json.Unmarshal(content, &entry) == nil {
			return f.number(entry.Secret)
		}
	}
	return none
}

// recovers checks which secret the recovery folder holds, and that nothing else
// is there and nobody else may read it.
func (f *fixture) recovers(number int) {
	f.t.Helper()
	if got := f.recovered(); got != number {
		f.t.Errorf("the recovery folder holds secret %d, want %d", got, number)
	}
	files := f.recoveryFiles()
	if want := min(number+1, 1); len(files) != want {
		f.t.Errorf("the recovery folder has %d files, want %d", len(files), want)
	}
	for _, file := range files {
		f.mode(file, 0o600)
		f.mode(filepath.Dir(file), fs.ModeDir|0o700)
	}
}

func (f *fixture) mode(path string, want fs.FileMode) {
	f.t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		f.t.Fatal(err)
	}
	if info.Mode() != want {
		f.t.Errorf("%s has mode %s, want %s", filepath.Base(path), info.Mode(), want)
	}
}
