// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package recovery

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Flags to open a file: noFollow fails for a symbolic link, and noWait does not wait
// for a process at the other end of a named pipe.
const (
	noFollow = syscall.O_NOFOLLOW
	noWait   = syscall.O_NONBLOCK
)

// Exposed returns an error if others than the owner can read or write the folder. It
// says what to type. On Windows, where the folder takes the rights of the one above it,
// it always returns nil.
func (f *Folder) Exposed() error {
	info, err := os.Stat(f.path)
	if err != nil { // who uses the folder is told, if it is there
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o066 != 0 {
		return fmt.Errorf("others can read or write %s, which has mode %04o; type: chmod 700 %s", f.path, mode, f.path)
	}
	return nil
}

// whenFree does something with a file. Here it does not matter whether others have the
// file open.
func whenFree(do func() error) error { return do() }

// syncFolder writes to the disk which files are in a folder. Some file systems cannot,
// and do not need to.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
