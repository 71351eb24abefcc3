// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"syscall"
	"time"
)

// Windows opens links and pipes otherwise. There it is looked at the file before and
// after, and no more.
const (
	noFollow = 0
	noWait   = 0
)

// Exposed always returns nil on Windows, where the folder takes the rights of the one
// above it. Elsewhere it returns an error if others than the owner can read or write
// the folder.
func (*Folder) Exposed() error { return nil }

// syncFolder does nothing: Windows cannot sync a folder, and does not need to.
func syncFolder(string) error { return nil }

// whenFree does something with a file, and for a second does it again if another
// process has the file open: one that loads the entries, or a virus scanner. Windows
// then refuses to rename and to remove it, and while it is renamed, to open it.
func whenFree(do func() error) error {
	const sharingViolation = syscall.Errno(32)
	err := do()
	for range 50 {
		if !errors.Is(err, sharingViolation) && !errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
			break
		}
		time.Sleep(20 * time.Millisecond)
		err = do()
	}
	return err
}
