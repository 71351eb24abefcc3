// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SaveReply saves the sealed copies of a reply in which no secret was found, and
// returns their paths, as many as could be saved. It overwrites nothing. A reservation
// that the reply makes needless is released before, so that its space is free.
func (f *Folder) SaveReply(copies []Copy) (paths []string, err error) {
	if err := f.make(); err != nil {
		return nil, err
	}
	n, err := f.replies()
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, c := range copies {
		if err := c.check(""); err != nil {
			errs = append(errs, err)
			continue
		}
		path, err := f.saveReply(n+1, c)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(append(errs, syncFolder(f.path))...)
}

func (f *Folder) replyPrefix() string { return "integrator-" + f.id + ".reply-" }

// replies returns the highest number of a reply that is there, or 0.
func (f *Folder) replies() (highest int, err error) {
	listed, err := os.ReadDir(f.path)
	for _, entry := range listed {
		var n int
		if rest, ours := strings.CutPrefix(entry.Name(), f.replyPrefix()); ours {
			if _, err := fmt.Sscanf(rest, "%d.", &n); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest, err
}

// saveReply writes a copy to the first number from n on that is free: another process
// may have kept a reply meanwhile.
func (f *Folder) saveReply(n int, c Copy) (path string, err error) {
	var file *os.File
	for ; file == nil; n++ {
		path = filepath.Join(f.path, fmt.Sprintf("%s%d.%s.age", f.replyPrefix(), n, part(c.With)))
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	if _, err := file.WriteString(c.Ciphertext); err != nil {
		discard(file)
		return "", err
	}
	return path, errors.Join(file.Sync(), file.Close())
}
