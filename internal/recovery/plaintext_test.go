// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// TestNoSecretIsOnTheDiskInPlaintext seals as the provider does, and looks after each
// step for the secrets in all files.
func TestNoSecretIsOnTheDiskInPlaintext(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	f := NewFolder(filepath.Join(root, "folder"), "int_demo", "https://api.example")
	previous, secret, reply := apisecret.New("sk_test_PLANTED_previous"), apisecret.New("sk_test_PLANTED_new"), `{"secret": "PLANTED"}`
	with := previous.Fingerprint()
	seal := func(text string) Copy {
		sealer, err := envelope.PreparePassphrase(previous.Reveal(), envelope.WorkFactor)
		if err != nil {
			t.Fatal(err)
		}
		ciphertext, err := sealer.Seal(text)
		if err != nil {
			t.Fatal(err)
		}
		return Copy{With: with, Ciphertext: ciphertext}
	}
	files := 0
	expectNoPlaintext := func() {
		t.Helper()
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte("PLANTED")) || bytes.Contains([]byte(path), []byte("PLANTED")) {
				t.Errorf("%s holds a secret", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}

	r := reserve(t, f, map[string]int{with: 1000, "": 1000})
	expectNoPlaintext()
	record := Record{Kind: Made, Fingerprint: secret.Fingerprint(), SignedBy: with, InState: []string{with}, Superseded: []string{with}}
	plain := Copy{Ciphertext: secret.Reveal()} // a mistake of the caller
	if err := r.Save(record, []Copy{seal(secret.Reveal()), plain}); err == nil {
		t.Error("the secret is saved in plaintext")
	}
	expectNoPlaintext()
	if _, err := f.SaveReply([]Copy{seal(reply), {Ciphertext: reply}}); err == nil {
		t.Error("the reply is saved in plaintext")
	}
	expectNoPlaintext()
	found := load(t, f)[0]
	if err := f.Keep(found); err != nil {
		t.Error(err)
	}
	expectNoPlaintext()
	if files != 3+2+3+3 {
		t.Errorf("%d files were looked at", files)
	}
	opened, err := envelope.OpenWithPassphrase(found.Copies[0].Ciphertext, previous.Reveal())
	if err != nil || apisecret.New(opened).Fingerprint() != found.Fingerprint {
		t.Errorf("the copy does not open: %v", err)
	}
}
