// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

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
