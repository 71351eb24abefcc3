// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"io/fs"
	"os"
)

// Keep makes an entry one that only signs, and retains all else of it. If it fails, the
// entry is as before. An entry that is gone is none to keep.
func (f *Folder) Keep(found Found) error {
	if found.Kind == Kept {
		return nil
	}
	if _, err := os.Lstat(f.metadataPath(found.Fingerprint)); err != nil {
		return unlessGone(err)
	}
	found.Kind = Kept
	r := &Reservation{folder: f}
	return errors.Join(r.saveRecord(found.Record), syncFolder(f.path))
}

// Remove deletes the files of an entry. The metadata goes first: a process that is
// killed in between leaves copies that may sign, and not an entry that nobody can open.
// It is no error if files are gone.
func (f *Folder) Remove(found Found) error {
	if found.leftover != "" {
		return remove(found.leftover)
	}
	err := errors.Join(remove(f.metadataPath(found.Fingerprint)), unlessGone(syncFolder(f.path)))
	if err != nil {
		return err
	}
	files, err := f.files()
	errs := []error{err}
	for _, file := range files {
		if !file.leftover() && file.fingerprint == found.Fingerprint {
			errs = append(errs, remove(file.path))
		}
	}
	return errors.Join(errs...)
}

func remove(path string) error {
	return unlessGone(whenFree(func() error { return os.Remove(path) }))
}

func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
