// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package recovery keeps secrets on disk, sealed, that would otherwise be lost when
// Terraform ends before it has stored them.
//
// A [Folder] is the folder of one integrator at one endpoint. Others may use the same
// folder. There is one entry for each secret: its [Record], which holds no secret, and
// one [Copy] of the secret or more, each sealed for public keys or with another secret.
//
// # Files
//
//   - integrator-<id>-<fingerprint>.json is the Record. The id is a hash of endpoint
//     and integrator key, and the fingerprint is that of the secret.
//   - integrator-<id>-<fingerprint>.<with>.age is a Copy: the armored ciphertext of the
//     secret and nothing else, so that age -d prints the secret. With is the
//     fingerprint of the secret that is the passphrase, or "recipients".
//   - integrator-<id>.reply-<n>.<with>.age is a reply without a readable secret.
//   - .integrator-<id>.* is space that is reserved, or what a killed process left.
//
// A file is named by its secret, so no process overwrites what another one needs, and
// there are no locks.
//
// # Life of an entry
//
// A rotation calls [Folder.Reserve] before its request, so that it fails while nothing
// is lost, and [Reservation.Save] as soon as it has the secret. A later run that finds
// the state without that secret takes it from [Folder.Load]. [Folder.Keep] is for a
// secret that a state has been seen to hold: from then on it only signs. [Folder.Remove]
// ends the entry.
package recovery

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is the folder of one integrator at one endpoint. It is safe for concurrent
// use, by several processes too.
type Folder struct {
	path, key, endpoint string
	id                  string // of key and endpoint, in the names of files
}

// NewFolder returns the folder at a path, which need not exist yet.
func NewFolder(path, integratorKey, endpoint string) *Folder {
	sum := sha256.Sum256([]byte(endpoint + "\n" + integratorKey))
	return &Folder{path: path, key: integratorKey, endpoint: endpoint, id: hex.EncodeToString(sum[:8])}
}

// Path returns the path of the folder.
func (f *Folder) Path() string { return f.path }

// The parts of an entry, as the names of files tell them. A copy that is sealed with a
// secret is told by the fingerprint of that secret.
const (
	metadata   = "json"
	recipients = "recipients"
)

// part is the part of an entry that a Copy is, by what it is sealed with.
func part(with string) string { return cmp.Or(with, recipients) }

func isFingerprint(text string) bool {
	return len(text) == 16 && strings.Trim(text, "0123456789abcdef") == ""
}

func (f *Folder) metadataPath(fingerprint string) string {
	return filepath.Join(f.path, "integrator-"+f.id+"-"+fingerprint+".json")
}

func (f *Folder) copyPath(fingerprint, part string) string {
	return filepath.Join(f.path, "integrator-"+f.id+"-"+fingerprint+"."+part+".age")
}

// file is a file of an entry, as its name tells.
type file struct {
	path        string
	fingerprint string // of the secret; "" for what a killed process left
	part        string
}

func (f file) leftover() bool { return f.fingerprint == "" }

// with is what the copy in the file is sealed with.
func (f file) with() string {
	if f.part == recipients {
		return ""
	}
	return f.part
}

// exists reports whether the folder is there. Something else in its place is an error.
func (f *Folder) exists() (bool, error) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.IsDir():
		return false, fmt.Errorf("%s is %s, and not a folder", f.path, kindOfFile(info.Mode()))
	}
	return true, nil
}

// files returns the files of all entries, in the order of their names. Other files are
// of others.
func (f *Folder) files() ([]file, error) {
	if exists, err := f.exists(); err != nil || !exists {
		return nil, err
	}
	listed, err := os.ReadDir(f.path)
	var files []file
	for _, entry := range listed {
		if file, ours := f.parseName(entry.Name()); ours {
			files = append(files, file)
		}
	}
	return files, err
}

func (f *Folder) parseName(name string) (parsed file, ours bool) {
	parsed.path = filepath.Join(f.path, name)
	if rest, found := strings.CutPrefix(name, ".integrator-"+f.id+"."); found {
		parsed.part, _, found = strings.Cut(rest, ".")
		return parsed, found && isPart(parsed.part)
	}
	rest, _ := strings.CutPrefix(name, "integrator-"+f.id+"-")
	parsed.fingerprint, rest, _ = strings.Cut(rest, ".")
	parsed.part = rest
	if rest != metadata {
		var isCopy bool
		if parsed.part, isCopy = strings.CutSuffix(rest, ".age"); !isCopy || parsed.part == metadata {
			return parsed, false
		}
	}
	return parsed, isFingerprint(parsed.fingerprint) && isPart(parsed.part)
}

func isPart(text string) bool {
	return text == metadata || text == recipients || isFingerprint(text)
}
