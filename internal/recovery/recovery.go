// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Entry is the content of the file.
type Entry struct {
	IntegratorKey string `json:"integrator_key"`
	Endpoint      string `json:"endpoint"`
	// Secret is the secret. If it is encrypted, Secret is empty and EncryptedSecret
	// is the armored age ciphertext. Fingerprint identifies the secret in any case.
	Secret          string `json:"secret,omitempty"`
	EncryptedSecret string `json:"encrypted_secret,omitempty"`
	Fingerprint     string `json:"fingerprint"`
	// ObtainedAt is when the secret was made. OldSecretExpiresAt is when the secret
	// before it ends, or zero if that ended at once.
	ObtainedAt         time.Time `json:"obtained_at"`
	OldSecretExpiresAt time.Time `json:"old_secret_expires_at,omitzero"`
	// Known are the fingerprints of the secrets that were known when this one was
	// made, and Triggers is the fingerprint of the values that caused the rotation.
	// A later run with one of these secrets and the same values repeats the same
	// rotation.
	Known    []string `json:"known"`
	Triggers string   `json:"triggers"`
	// Replaced is true for a secret that was going to be replaced. It can sign, but
	// it is not the result of a rotation.
	Replaced bool `json:"replaced,omitempty"`
}

// ErrDamaged is returned by Load for a file that cannot be used. Load has renamed
// that file, so that the next Load finds none.
var ErrDamaged = errors.New("the recovery file is damaged")

// Store is the file of one integrator at one endpoint, in plaintext unless the caller
// encrypts. Folder takes its place.
type Store struct {
	folder, key, endpoint string
}

// NewStore returns the store in a folder. Save makes the folder if it is missing.
func NewStore(folder, integratorKey, endpoint string) *Store {
	return &Store{folder: folder, key: integratorKey, endpoint: endpoint}
}

// Path returns the path of the file.
func (s *Store) Path() string {
	sum := sha256.Sum256([]byte(s.endpoint + "\n" + s.key))
	return filepath.Join(s.folder, "integrator-"+hex.EncodeToString(sum[:8])+".json")
}

// Load returns the entry, or nil if there is no file. It renames a damaged file and
// returns ErrDamaged.
func (s *Store) Load() (*Entry, error) {
	content, err := os.ReadFile(s.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entry, err := parse(content)
	if err == nil && (entry.IntegratorKey != s.key || entry.Endpoint != s.endpoint) {
		err = errors.New("it is of another integrator or endpoint")
	}
	if err != nil {
		return nil, s.setAside(err)
	}
	return entry, nil
}

func parse(content []byte) (*Entry, error) {
	entry := &Entry{}
	if err := json.Unmarshal(content, entry); err != nil {
		return nil, errors.New("it is not the JSON that was written") // err may contain a part of it
	}
	if entry.Secret == "" && entry.EncryptedSecret == "" || entry.Fingerprint == "" {
		return nil, errors.New("it holds no secret")
	}
	return entry, nil
}

func (s *Store) setAside(reason error) error {
	aside, err := s.unused("damaged")
	if err == nil {
		err = os.Rename(s.Path(), aside)
	}
	if err != nil {
		return fmt.Errorf("%w and could not be set aside: %w", ErrDamaged, err)
	}
	return fmt.Errorf("%w (%w); it was set aside as %s", ErrDamaged, reason, aside)
}

// Save writes the entry and replaces the file that is there. If it fails, the old
// file is still complete. Only the owner can read the file, and it is on the disk
// when Save returns.
func (s *Store) Save(entry Entry) error {
	content, err := s.encode(entry)
	if err != nil {
		return err
	}
	return s.write(s.Path(), content)
}

// SaveIfNone saves the entry unless there is a file already.
func (s *Store) SaveIfNone(entry Entry) error {
	if _, err := os.Lstat(s.Path()); err == nil {
		return nil
	}
	return s.Save(entry)
}

// SaveReply saves a reply in which no secret was found, and returns its path.
func (s *Store) SaveReply(body []byte) (string, error) {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return "", err
	}
	path, err := s.unused("reply")
	if err != nil {
		return "", err
	}
	return path, s.write(path, body)
}

// Remove deletes the file. It is no error if there is none.
func (s *Store) Remove() error {
	if err := os.Remove(s.Path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) encode(entry Entry) ([]byte, error) {
	entry.IntegratorKey, entry.Endpoint = s.key, s.endpoint
	return json.MarshalIndent(entry, "", "  ")
}

// unused returns a path in the same folder at which there is no file yet.
func (s *Store) unused(kind string) (string, error) {
	for n := 1; n < 1000; n++ {
		path := fmt.Sprintf("%s.%s-%d", s.Path(), kind, n)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", fmt.Errorf("there are too many files beside %s", s.Path())
}

func (s *Store) write(path string, content []byte) (err error) {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(s.folder, ".integrator-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(s.folder)
}
