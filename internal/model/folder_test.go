// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	sealed   bool // for recipients
}

// files are the contents of all files, by name.
func (f folder) files() map[string]string {
	files := map[string]string{}
	paths, _ := filepath.Glob(filepath.Join(f.path, "*"))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err == nil {
			files[filepath.Base(path)] = string(content)
		}
	}
	return files
}

// entries are those that can be opened with the secrets or, by way of open, with a
// private key. A secret that is found in one opens others in turn.
func (f folder) entries(_ []string, open func(ciphertext string) string) (entries []entry) {
	for name, content := range f.files() {
		var e struct {
			Endpoint, Secret string
			EncryptedSecret  string `json:"encrypted_secret"`
			Known            []string
			Replaced         bool
		}
		if strings.Contains(name, ".reply-") || json.Unmarshal([]byte(content), &e) != nil {
			continue
		}
		sealed := e.EncryptedSecret != ""
		if sealed {
			e.Secret = open(e.EncryptedSecret)
		}
		if e.Secret != "" {
			entries = append(entries, entry{name, e.Endpoint, e.Secret, e.Known, e.Replaced, sealed})
		}
	}
	return entries
}

// blocks reports whether the folder holds a secret made that cannot be opened
// without the private key.
func (f folder) blocks() bool {
	for _, e := range f.entries(nil, func(string) string { return "sealed" }) {
		if e.sealed && !e.kept {
			return true
		}
	}
	return false
}

// replies reports whether a kept reply holds the secret.
func (f folder) replies(secret string, open func(ciphertext string) string) bool {
	for name, content := range f.files() {
		if strings.Contains(name, ".reply-") && (strings.Contains(content, secret) || strings.Contains(open(content), secret)) {
			return true
		}
	}
	return false
}

// holds reports whether somebody who has the secrets, or the key, finds this one.
func (f folder) holds(secret string, secrets []string, open func(ciphertext string) string) bool {
	return f.replies(secret, open) || slices.ContainsFunc(f.entries(secrets, open), func(e entry) bool { return e.secret == secret })
}
