// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// recoveryFolder is where the provider keeps secrets: the default folder unless
// the environment names another.
func (f *fixture) recoveryFolder() string {
	return cmp.Or(f.env["INTEGRATOR_RECOVERY_DIR"], f.path(".terraform/integrator/default"))
}

// recoveryFiles are the files in the recovery folder, but for what a provider at
// work has reserved.
func (f *fixture) recoveryFiles() []string {
	f.t.Helper()
	entries, err := os.ReadDir(f.recoveryFolder())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.t.Fatal(err)
	}
	var files []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			files = append(files, filepath.Join(f.recoveryFolder(), entry.Name()))
		}
	}
	return files
}

// recovered is the number of the newest secret in the recovery folder; none
// without one.
func (f *fixture) recovered() int {
	f.t.Helper()
	newest, fingerprint := time.Time{}, ""
	for _, file := range f.recoveryFiles() {
		var record struct {
			Fingerprint string
			SentAt      time.Time `json:"sent_at"`
		}
		content, err := os.ReadFile(file)
		if err == nil && filepath.Ext(file) == ".json" && json.Unmarshal(content, &record) == nil && record.SentAt.After(newest) {
			newest, fingerprint = record.SentAt, record.Fingerprint
		}
	}
	return slices.IndexFunc(f.Secrets(), func(s string) bool { return apisecret.New(s).Fingerprint() == fingerprint })
}

// recovers checks which secret is the newest in the recovery folder, and that
// nobody else may read it. Where there is none, the folder is empty.
func (f *fixture) recovers(number int) {
	f.t.Helper()
	if got := f.recovered(); got != number {
		f.t.Errorf("the recovery folder holds secret %d, want %d", got, number)
	}
	files := f.recoveryFiles()
	if number == none && len(files) > 0 {
		f.t.Errorf("the recovery folder has %d files", len(files))
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
