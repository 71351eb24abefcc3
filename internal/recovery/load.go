// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"filippo.io/age/armor"
)

// Load returns the entries of the folder, the newest SentAt first and those without
// one last. What a killed process left is among them. Load changes nothing.
//
// A problem is a file that cannot be used, or the folder; that it is missing is none.
// The error names the file and says what is wrong, and quotes nothing of it. If
// metadata is damaged, the copies beside it still are an entry that may sign.
func (f *Folder) Load() (found []Found, problems []error) {
	files, err := f.files()
	if err != nil {
		problems = append(problems, err)
	}
	records, foreign, unusable := f.loadRecords(files)
	problems = append(problems, unusable...)
	entries := map[string]*Found{}
	for fingerprint, record := range records {
		entries[fingerprint] = &Found{Record: record}
	}
	for _, file := range files {
		if file.part == metadata || foreign[file.fingerprint] {
			continue
		}
		ciphertext, err := readCopy(file)
		if err != nil {
			problems = append(problems, err)
		}
		if ciphertext == "" {
			continue
		}
		sealed := Copy{With: file.with(), Ciphertext: ciphertext, Path: file.path}
		entry := entries[file.fingerprint]
		switch {
		case file.leftover():
			found = append(found, Found{Record: f.kept(""), Copies: []Copy{sealed}, leftover: file.path})
		case entry == nil:
			entries[file.fingerprint] = &Found{Record: f.kept(file.fingerprint), Copies: []Copy{sealed}}
		default:
			entry.Copies = append(entry.Copies, sealed)
		}
	}
	for _, fingerprint := range slices.Sorted(maps.Keys(entries)) {
		found = append(found, *entries[fingerprint])
	}
	slices.SortStableFunc(found, func(a, b Found) int { return b.SentAt.Compare(a.SentAt) })
	return found, problems
}

// kept is all that is known of a copy without metadata.
func (f *Folder) kept(fingerprint string) Record {
	return Record{Kind: Kept, IntegratorKey: f.key, Endpoint: f.endpoint, Fingerprint: fingerprint}
}

// loadRecords returns the metadata of secrets by their fingerprints. Foreign are the
// fingerprints whose metadata says that they are not of this integrator: so the copies
// beside it are not, either.
func (f *Folder) loadRecords(files []file) (records map[string]Record, foreign map[string]bool, problems []error) {
	records, foreign = map[string]Record{}, map[string]bool{}
	for _, file := range files {
		if file.part != metadata || file.leftover() {
			continue
		}
		content, err := readFile(file.path)
		if errors.Is(err, fs.ErrNotExist) { // another process has just removed it
			continue
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		record, err := f.parseRecord(content, file.fingerprint)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s cannot be used: %w", file.path, err))
			foreign[file.fingerprint] = errors.Is(err, errForeign)
			continue
		}
		records[file.fingerprint] = record
	}
	return records, foreign, problems
}

// readCopy returns the armored ciphertext in a file. It returns neither that nor an
// error for a file that is gone, and for a leftover that is not whole: a process that
// was killed, or is at work, has not written it yet.
func readCopy(file file) (ciphertext string, err error) {
	content, err := readFile(file.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	ciphertext, whole := sealed(content)
	switch {
	case whole:
		return ciphertext, nil
	case file.leftover():
		return "", nil
	}
	return "", fmt.Errorf("%s cannot be used: it is not a whole age file", file.path)
}

// sealed returns the armored age file that the content begins with. The rest of the
// content may be reserved space that a killed process did not come to cut off.
func sealed(content []byte) (ciphertext string, whole bool) {
	end := bytes.Index(content, []byte(armor.Footer))
	if end < 0 {
		return "", false
	}
	ciphertext = string(content[:end]) + armor.Footer + "\n"
	age, err := io.ReadAll(armor.NewReader(strings.NewReader(ciphertext)))
	return ciphertext, err == nil && bytes.HasPrefix(age, []byte("age-encryption.org/v1\n"))
}
