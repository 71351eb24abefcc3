// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// metadataSize is how many bytes are reserved for metadata. A record has some hundred,
// and twenty for each secret that it names.
const metadataSize = 16 << 10

// unfinishedFor is how old a leftover has to be to be removed. A process may still be
// at work on a younger one.
const unfinishedFor = 24 * time.Hour

// Reservation is space on the disk for one entry. Either Save or Release ends it.
type Reservation struct {
	folder *Folder
	files  map[string]*os.File // by the part of the entry that each is for
}

// Reserve makes the folder if it is missing, and reserves space for one entry, so that
// saving it later does not fail because the disk is full or the folder cannot be
// written. (A file system that never writes in place, such as Btrfs or ZFS, cannot
// promise as much.) Sizes has the bytes that the ciphertext of each copy has at most,
// by what the copy is sealed with, as in Copy.
//
// What killed processes have left is removed if it is of no use and more than 24 hours
// old now.
func (f *Folder) Reserve(now time.Time, sizes map[string]int) (*Reservation, error) {
	f.removeUnfinished(now)
	return f.reserve(sizes)
}

func (f *Folder) reserve(sizes map[string]int) (*Reservation, error) {
	r := &Reservation{folder: f, files: map[string]*os.File{}}
	bytes := map[string]int{metadata: metadataSize}
	for with, size := range sizes {
		bytes[part(with)] = size
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	// All at once, since each waits for the disk.
	var mu sync.Mutex
	var all sync.WaitGroup
	var errs []error
	for part, size := range bytes {
		all.Go(func() {
			file, err := f.reserveFile(part, size)
			mu.Lock()
			defer mu.Unlock()
			if errs = append(errs, err); err == nil {
				r.files[part] = file
			}
		})
	}
	all.Wait()
	if err := errors.Join(append(errs, syncFolder(f.path))...); err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

// reserveFile makes a file of the size, which only the owner can read. Random bytes
// keep a file system from compressing them to nothing.
func (f *Folder) reserveFile(part string, size int) (*os.File, error) {
	if err := f.make(); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(f.path, ".integrator-"+f.id+"."+part+".*")
	if err != nil {
		return nil, err
	}
	_, err = io.CopyN(file, rand.Reader, int64(size))
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		discard(file)
		return nil, fmt.Errorf("no space could be reserved: %w", err)
	}
	return file, nil
}

// Release gives back the space that has not been used. It can be called at any time,
// and more than once.
func (r *Reservation) Release() {
	for part, file := range r.files {
		discard(file)
		delete(r.files, part)
	}
}

func discard(file *os.File) {
	_ = file.Close()
	_ = os.Remove(file.Name())
}

// make makes the folder, and above it what is missing. The folder and the one above it,
// which in the default place is the provider's own, are closed to others. What is
// missing above those follows the umask.
func (f *Folder) make() error {
	if exists, err := f.exists(); err != nil || exists {
		return err
	}
	parent := filepath.Dir(f.path)
	above := filepath.Dir(parent)
	if err := os.MkdirAll(above, 0o777); err != nil { //nolint:gosec // Terraform's data directory is not ours to close
		return err
	}
	for _, path := range []string{parent, f.path} {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			continue
		}
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return nil
}

// removeUnfinished removes what killed processes have left and nobody can use. It does
// not matter if that fails.
func (f *Folder) removeUnfinished(now time.Time) {
	files, _ := f.files()
	for _, file := range files {
		info, err := os.Lstat(file.path)
		if !file.leftover() || err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) <= unfinishedFor {
			continue
		}
		if ciphertext, err := readCopy(file); err == nil && ciphertext == "" {
			_ = os.Remove(file.path)
		}
	}
}
