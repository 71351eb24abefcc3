// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// folder is what a net has written. This file is the only one that knows its format.
type folder struct{ path string }

// entry is a secret in a folder.
type entry struct {
	file     string // its name
	endpoint string
	secret   string
	// followed are the fingerprints of the secrets of which it is known to be the
	// successor, so that it may take their place in a state.
	followed []string
	kept     bool // of an object that was replaced or destroyed, rather than made
}

// record is the metadata of an entry.
type record struct {
	Kind, Endpoint, Fingerprint string
	SignedBy                    string   `json:"signed_by"`
	InState                     []string `json:"in_state"`
	Superseded                  []string
}

// files are the contents of all files, by name. A file whose name begins with a dot
// is what a process at work has reserved, or a killed one has left.
func (f folder) files() map[string]string {
	files := map[string]string{}
	listed, _ := os.ReadDir(f.path)
	for _, file := range listed {
		content, err := os.ReadFile(filepath.Join(f.path, file.Name()))
		if err == nil {
			files[file.Name()] = string(content)
		}
	}
	return files
}

// sealedFile is a copy of a secret, or of a reply.
type sealedFile struct{ name, with, ciphertext string }

// sealedFiles are those whose names have a part.
func (f folder) sealedFiles(part string) (all []sealedFile) {
	for name, content := range f.files() {
		if parts := strings.Split(name, "."); parts[len(parts)-1] == "age" && strings.Contains(name, part) {
			all = append(all, sealedFile{name, parts[len(parts)-2], content})
		}
	}
	return all
}

func (s sealedFile) open(secrets []string, open func(ciphertext string) string) string {
	if s.with == "recipients" {
		return open(s.ciphertext)
	}
	for _, secret := range secrets {
		if fingerprint(secret) == s.with {
			return opened(s.ciphertext, secret)
		}
	}
	return ""
}

// opened is what a passphrase opens.
func opened(ciphertext, passphrase string) string {
	key := ciphertext + passphrase
	if known, ok := openings.Load(key); ok {
		return known.(string)
	}
	secret, _ := envelope.OpenWithPassphrase(ciphertext, passphrase)
	openings.Store(key, secret)
	return secret
}

// entries are those that can be opened with the secrets or, by way of open, with a
// private key. A secret that is found in one opens others in turn.
func (f folder) entries(secrets []string, open func(ciphertext string) string) (entries []entry) {
	records := f.records()
	known := slices.Clone(secrets)
	for more := true; more; {
		more = false
		for _, r := range records {
			if slices.ContainsFunc(entries, func(e entry) bool { return fingerprint(e.secret) == r.Fingerprint }) {
				continue
			}
			for _, file := range f.sealedFiles("-" + r.Fingerprint + ".") {
				if secret := file.open(known, open); secret != "" {
					followed := append(append(slices.Clone(r.Superseded), r.InState...), r.SignedBy)
					entries = append(entries, entry{file.name, r.Endpoint, secret, followed, r.Kind == "kept"})
					known, more = append(known, secret), true
					break
				}
			}
		}
	}
	return entries
}

func (f folder) records() (records []record) {
	for name, content := range f.files() {
		var r record
		if filepath.Ext(name) == ".json" && json.Unmarshal([]byte(content), &r) == nil {
			records = append(records, r)
		}
	}
	return records
}

// blocks reports whether the folder holds a secret made that is not among these.
func (f folder) blocks(opened []entry) bool {
	return slices.ContainsFunc(f.records(), func(r record) bool {
		return r.Kind == "made" && !slices.ContainsFunc(opened, func(e entry) bool { return fingerprint(e.secret) == r.Fingerprint })
	})
}

// replies reports whether a kept reply holds the secret.
func (f folder) replies(secret string, secrets []string, open func(ciphertext string) string) bool {
	return slices.ContainsFunc(f.sealedFiles(".reply-"), func(file sealedFile) bool {
		return strings.Contains(file.open(secrets, open), secret)
	})
}

// holds reports whether somebody who has the secrets, or the key, finds this one.
func (f folder) holds(secret string, secrets []string, open func(ciphertext string) string) bool {
	return f.replies(secret, secrets, open) || slices.ContainsFunc(f.entries(secrets, open), func(e entry) bool { return e.secret == secret })
}

// openings are kept, since scrypt takes its time.
var openings sync.Map
