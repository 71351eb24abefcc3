// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	return NewStore(filepath.Join(t.TempDir(), "folder"), "int_demo", "https://api.example")
}

func TestStoreWhatIsSavedIsLoaded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		store := newStore(t)
		entry := Entry{
			Secret:      rapid.StringN(1, -1, 200).Draw(rt, "secret"),
			Fingerprint: rapid.StringMatching("[0-9a-f]{16}").Draw(rt, "fingerprint"),
			ObtainedAt:  time.Unix(rapid.Int64Range(0, 1<<33).Draw(rt, "obtained"), 0).UTC(),
			Known:       rapid.SliceOfN(rapid.StringMatching("[0-9a-f]{16}"), 1, 5).Draw(rt, "known"),
			Triggers:    rapid.StringMatching("[0-9a-f]{16}").Draw(rt, "triggers"),
			Replaced:    rapid.Bool().Draw(rt, "replaced"),
		}
		entry.Secret = strings.ToValidUTF8(entry.Secret, "?")
		if err := store.Save(entry); err != nil {
			rt.Fatal(err)
		}
		entry.IntegratorKey, entry.Endpoint = "int_demo", "https://api.example"
		if loaded, err := store.Load(); err != nil || !reflect.DeepEqual(*loaded, entry) {
			rt.Fatalf("another entry is loaded (%v)", err)
		}
	})
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	store := newStore(t)
	if err := store.Save(Entry{Secret: "s", Fingerprint: "f"}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{store.folder: 0o700, store.Path(): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, not %v", filepath.Base(path), info.Mode().Perm(), want)
		}
	}
	if files, err := os.ReadDir(store.folder); err != nil || len(files) != 1 {
		t.Errorf("%d files are left: %v", len(files), err)
	}
}

func TestTheFileOfAnIntegratorAtAnEndpoint(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	paths := map[string]bool{}
	for _, key := range []string{"int_a", "int_b"} {
		for _, endpoint := range []string{"https://a", "https://b"} {
			paths[NewStore(folder, key, endpoint).Path()] = true
		}
	}
	if len(paths) != 4 {
		t.Errorf("four integrators share %d files", len(paths))
	}
}

func TestSaveIfNoneKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	for _, secret := range []string{"first", "second"} {
		if err := store.SaveIfNone(Entry{Secret: secret, Fingerprint: "f"}); err != nil {
			t.Fatal(err)
		}
	}
	if entry, err := store.Load(); err != nil || entry.Secret != "first" {
		t.Errorf("the first entry is gone: %v", err)
	}
	for range 2 { // that there is none is no error
		if err := store.Remove(); err != nil {
			t.Error(err)
		}
	}
	if entry, err := store.Load(); entry != nil || err != nil {
		t.Errorf("there is still an entry: %v", err)
	}
}

func TestDamagedFilesAreSetAside(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	other := NewStore(store.folder, "int_other", store.endpoint)
	if err := other.Save(Entry{Secret: "PLANTED", Fingerprint: "f"}); err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(other.Path())
	if err != nil {
		t.Fatal(err)
	}
	contents := []string{"", "PLANTED", `{"secret": "PLANTED"`, `{"secret": 1}`, `{"fingerprint": "f"}`, string(foreign)}
	for _, content := range contents {
		if err := os.WriteFile(store.Path(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		entry, err := store.Load()
		if entry != nil || !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "PLANTED") {
			t.Errorf("%.8q: %v", content, errors.Is(err, ErrDamaged))
		}
		if entry, err := store.Load(); entry != nil || err != nil {
			t.Errorf("%.8q is not set aside", content)
		}
	}
	aside, err := filepath.Glob(store.Path() + ".damaged-*")
	if err != nil || len(aside) != len(contents) {
		t.Errorf("%d of %d files were kept: %v", len(aside), len(contents), err)
	}
}

func TestRepliesAreKeptApart(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	kept := map[string]bool{}
	for _, reply := range []string{"one", "two"} {
		path, err := store.SaveReply([]byte(reply))
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil || string(content) != reply {
			t.Errorf("another reply is kept: %v", err)
		}
		kept[path] = true
	}
	if len(kept) != 2 {
		t.Error("a reply took the place of another")
	}
}

func TestAFailedSaveLeavesTheOldEntry(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	if err := os.WriteFile(store.folder, nil, 0o600); err != nil { // a file where the folder is to be
		t.Fatal(err)
	}
	if err := store.Save(Entry{Secret: "s", Fingerprint: "f"}); err == nil {
		t.Error("saved into a file")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"integrator_key":"int_demo","endpoint":"https://api.example","secret":"s","fingerprint":"f","known":["a"],"triggers":"t"}`))
	f.Add([]byte(`{"encrypted_secret":"-----BEGIN AGE ENCRYPTED FILE-----","fingerprint":"f"}`))
	f.Add([]byte(`[1`))
	f.Fuzz(func(t *testing.T, content []byte) {
		entry, err := parse(content)
		if err == nil && (entry.Fingerprint == "" || entry.Secret == "" && entry.EncryptedSecret == "") {
			t.Error("an entry without a secret is accepted")
		}
		if err != nil && len(content) > 20 && strings.Contains(err.Error(), string(content)) {
			t.Error("the error repeats the content")
		}
	})
}
