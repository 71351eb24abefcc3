// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// A folder that somebody has chosen must work before anything is sent. The default
// one may fail.
func TestUnusableRecoveryFolder(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name+"/chosen", func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			old := rotation.prepare(f)
			f.write("file", "")
			f.env["INTEGRATOR_RECOVERY_DIR"] = f.path("file/folder") // not even root can make it
			f.apply(rotation.args()...).has(1, "The recovery folder cannot keep a secret", "Nothing was sent")
			f.sent(max(old, 0))
			f.stores(old, false)
		})
		t.Run(rotation.name+"/default", func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rotation.prepare(f)
			if err := errors.Join(os.RemoveAll(f.path(".terraform")), os.Mkdir(f.path(".terraform"), 0o700)); err != nil {
				t.Fatal(err)
			}
			f.write(".terraform/integrator", "")
			f.apply(rotation.args()...).has(0, "The recovery folder could not be used", "This apply goes on without it")
			f.stores(f.newest(), false)
			f.plan().has(0, "No changes")
		})
	}
}

// What is known of a secret is lost, but the secret is not: it signs.
func TestDamagedRecoveryFileIsReported(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	inPlace := rotation{}
	inPlace.prepare(f)
	inPlace.crash(f, crash{kill: killBeforeReply})
	for _, file := range f.recoveryFiles() {
		if filepath.Ext(file) == ".json" {
			if err := os.WriteFile(file, []byte(`{"fingerprint": "cut off`), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := f.newest()
	f.apply().has(0, "A file of the recovery folder cannot be used", "1 changed")
	f.stores(left+1, false)
	f.signedBy(left)
	f.plan().has(0, "No changes")
}

// After the crash somebody has made one more secret, and configured it.
func TestDeadRecoveryFileIsReported(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			old := rotation.prepare(f)
			rotation.crash(f, crash{kill: killBeforeReply})
			left := rotation.left(f, crash{}, old)
			f.env["INTEGRATOR_SECRET"] = f.Rotate(0)

			newest := f.newest()
			reported := "The recovery folder holds a dead secret"
			if rotation.create || rotation.createFirst || left == none { // it was sealed with the configured secret of that run
				reported = "A secret in the recovery folder could not be opened"
			}
			f.apply(rotation.again(left)...).has(0, reported)
			f.stores(newest+1, false)
			f.plan().has(0, "No changes")
			f.recovers(none)
		})
	}
}

// The API rotates the secret, but its reply has it under another name.
func TestReplyWithoutAReadableSecret(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for _, folder := range []bool{true, false} {
			name := "without a folder"
			if folder {
				name = "in the default folder"
			}
			t.Run(rotation.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				if !folder {
					f.withoutRecovery()
				}
				old := rotation.prepare(f)
				f.Inject(emulator.Fault{Rewrite: func(reply map[string]any) {
					reply["apiSecret"] = reply["secret"]
					delete(reply, "secret")
				}}.On("POST", emulator.RegeneratePath))

				failed := f.apply(rotation.args()...)
				failed.has(1, "The API secret was rotated, but the reply holds no readable secret", "The request was not repeated", "Valid now: only the new secret")
				f.sent(max(old, 0) + 1)
				f.stores(old, rotation.replace && !rotation.createFirst)
				if !folder {
					failed.has(1, "The reply could not be kept, since there is no recovery folder or nothing to seal it with, and the new secret is gone. Valid now", "Get a live secret from the platform")
					return
				}
				// Terraform may break the line inside the path.
				failed.has(1, "The reply was kept, sealed. Look for the new secret in what this prints", filepath.Base(f.keptReply()), "Set integrator_secret (INTEGRATOR_SECRET) to the new secret")
			})
		}
	}
}

// keptReply checks the file in which a reply was kept, and returns its path.
func (f *fixture) keptReply() string {
	f.t.Helper()
	files := f.recoveryFiles()
	i := slices.IndexFunc(files, func(file string) bool { return strings.Contains(file, ".reply-1.") })
	if i < 0 {
		f.t.Fatal("the reply was not kept")
	}
	f.mode(files[i], 0o600)
	content, err := os.ReadFile(files[i])
	if err != nil {
		f.t.Fatal(err)
	}
	for _, old := range f.Secrets() {
		if strings.Contains(files[i], apisecret.New(old).Fingerprint()) {
			if reply, err := envelope.OpenWithPassphrase(string(content), old); err != nil || !strings.Contains(reply, f.Secret()) {
				f.t.Errorf("the reply was not kept as it came: %v", err)
			}
			return files[i]
		}
	}
	f.t.Error("no secret opens the reply")
	return files[i]
}
