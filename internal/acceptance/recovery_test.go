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
func (w *workspace) recoveryFiles() []string {
	w.t.Helper()
	entries, err := os.ReadDir(w.env["INTEGRATOR_RECOVERY_DIR"])
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	var files []string
	for _, entry := range entries {
		files = append(files, filepath.Join(w.env["INTEGRATOR_RECOVERY_DIR"], entry.Name()))
	}
	return files
}

// recovered is the number of the secret in the recovery file; none without one.
func (w *workspace) recovered() int {
	w.t.Helper()
	for _, file := range w.recoveryFiles() {
		var entry struct{ Secret string }
		content, err := os.ReadFile(file)
		if err == nil && filepath.Ext(file) == ".json" && json.Unmarshal(content, &entry) == nil {
			return w.number(entry.Secret)
		}
	}
	return none
}

// recovers checks which secret the recovery folder holds, and that nothing else
// is there and nobody else may read it.
func (w *workspace) recovers(number int) {
	w.t.Helper()
	if got := w.recovered(); got != number {
		w.t.Errorf("the recovery folder holds secret %d, want %d", got, number)
	}
	files := w.recoveryFiles()
	if want := min(number+1, 1); len(files) != want {
		w.t.Errorf("the recovery folder has %d files, want %d", len(files), want)
	}
	for _, file := range files {
		w.mode(file, 0o600)
		w.mode(filepath.Dir(file), fs.ModeDir|0o700)
	}
}

func (w *workspace) mode(path string, want fs.FileMode) {
	w.t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if info.Mode() != want {
		w.t.Errorf("%s has mode %s, want %s", filepath.Base(path), info.Mode(), want)
	}
}
