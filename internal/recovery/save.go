// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Save writes an entry into the reserved space, and gives the space back that it does
// not need. The entry is on the disk when Save returns. It replaces the metadata of the
// same secret, and copies that are sealed alike; other copies stay.
//
// The copies are written first, so that a process that is killed in between leaves a
// secret that may sign. A power cut may leave the metadata alone, which is no entry. If
// an error comes back, what could be saved has been saved, and a copy that is whole but
// could not be given its name stays where the error says: Load finds it there.
func (r *Reservation) Save(record Record, copies []Copy) error {
	defer r.Release()
	f := r.folder
	if !isFingerprint(record.Fingerprint) {
		return errors.New("there is no fingerprint to name the secret by")
	}
	var errs []error
	for _, c := range copies {
		errs = append(errs, r.saveCopy(record.Fingerprint, c))
	}
	if held, err := f.holds(record.Fingerprint); err != nil || !held {
		return errors.Join(append(errs, err, errors.New("the entry has no copy of the secret, and so was not saved"))...)
	}
	return errors.Join(append(errs, r.saveRecord(record), syncFolder(f.path))...)
}

// Save reserves space for an entry and saves it, as Reservation.Save does.
func (f *Folder) Save(record Record, copies []Copy) error {
	sizes := map[string]int{}
	for _, c := range copies {
		sizes[c.With] = len(c.Ciphertext)
	}
	r, err := f.reserve(sizes)
	if err != nil {
		return err
	}
	return r.Save(record, copies)
}

func (r *Reservation) saveCopy(fingerprint string, c Copy) error {
	if err := c.check(fingerprint); err != nil {
		return err
	}
	left, err := r.place(part(c.With), []byte(c.Ciphertext), r.folder.copyPath(fingerprint, part(c.With)))
	if left != "" {
		return fmt.Errorf("%w; this copy stays in %s", err, left)
	}
	return err
}

// check refuses what must never be on the disk: a secret that is not sealed, and one
// whose passphrase is the secret itself.
func (c Copy) check(fingerprint string) error {
	switch _, whole := sealed([]byte(c.Ciphertext)); {
	case !whole:
		return errors.New("a copy that is no age file was not saved")
	case c.With == fingerprint && fingerprint != "":
		return errors.New("a copy that is sealed with itself was not saved")
	case c.With != "" && !isFingerprint(c.With):
		return errors.New("a copy whose passphrase has no fingerprint was not saved")
	}
	return nil
}

func (r *Reservation) saveRecord(record Record) error {
	content, err := r.folder.encode(record)
	if err != nil {
		return err
	}
	left, err := r.place(metadata, content, r.folder.metadataPath(record.Fingerprint))
	if left != "" {
		_ = os.Remove(left) // it holds no secret
	}
	return err
}

// place gives a part of the entry its content and its path, in the reserved space if
// there is some. Left is the path of a file that is whole and could not be given its
// name.
func (r *Reservation) place(part string, content []byte, path string) (left string, err error) {
	if file := r.files[part]; file != nil {
		delete(r.files, part)
		left, err = finish(file, content, path)
		if !errors.Is(err, fs.ErrNotExist) {
			return left, err
		}
		// Somebody has removed the file meanwhile, or the folder.
	}
	file, err := r.folder.reserveFile(part, len(content))
	if err != nil {
		return "", err
	}
	return finish(file, content, path)
}

// finish turns reserved space into the file at a path.
func finish(file *os.File, content []byte, path string) (left string, err error) {
	if _, err := file.WriteAt(content, 0); err != nil {
		discard(file)
		return "", err
	}
	err = errors.Join(file.Truncate(int64(len(content))), file.Sync(), file.Close())
	if err == nil {
		err = whenFree(func() error { return os.Rename(file.Name(), path) })
	}
	if err != nil {
		return file.Name(), err
	}
	return "", nil
}

// holds reports whether there is a whole copy of a secret.
func (f *Folder) holds(fingerprint string) (bool, error) {
	files, err := f.files()
	for _, file := range files {
		if file.fingerprint != fingerprint || file.part == metadata {
			continue
		}
		if ciphertext, _ := readCopy(file); ciphertext != "" {
			return true, nil
		}
	}
	return false, err
}
