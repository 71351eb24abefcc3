// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

func TestUnusableRecoveryFolderStopsNothing(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.write("file", "")
			f.env["INTEGRATOR_RECOVERY_DIR"] = f.path("file/folder") // not even root can make it
			rotation.prepare(f)
			f.apply(rotation.args()...).has(0, "The recovery file cannot be changed", "not a directory", "Check that recovery_dir")
			f.stores(f.newest(), false)
			f.plan().has(0, "No changes")
		})
	}
}

func TestDamagedRecoveryFileIsSetAside(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withRecovery()
	inPlace := rotation{}
	inPlace.prepare(f)
	f.plan().has(2)
	f.recovers(none)
	const content = `{"secret": "cut off`
	file := recovery.NewStore(f.env["INTEGRATOR_RECOVERY_DIR"], f.Key(), f.URL()).Path()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}

	f.apply().has(0, "The recovery file cannot be used", "it was set aside as", "1 changed")
	f.stores(2, false)
	f.plan().has(0, "No changes")
	aside, err := os.ReadFile(file + ".damaged-1")
	if err != nil || string(aside) != content {
		t.Errorf("the damaged file was not kept: %v", err)
	}
	if files := f.recoveryFiles(); len(files) != 1 {
		t.Errorf("the recovery folder has %d files", len(files))
	}
}

// After the crash somebody has made one more secret, and configured it.
func TestDeadRecoveryFileIsReported(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).withRecovery()
			old := rotation.prepare(f)
			rotation.crash(f, crash{kill: killBeforeReply})
			left := rotation.left(f, crash{}, old)
			f.env["INTEGRATOR_SECRET"] = f.Rotate(0)

			newest := f.newest()
			f.apply(rotation.again(left)...).has(0, "The recovery file holds a dead secret")
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
			name := "without recovery_dir"
			if folder {
				name = "with recovery_dir"
			}
			t.Run(rotation.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				if folder {
					f.withRecovery()
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
					failed.has(1, "Without recovery_dir the reply could not be kept, and the new secret is gone. Valid now", "Get a live secret from the platform")
					return
				}
				// Terraform may break the line inside the path.
				failed.has(1, "The reply was kept in", filepath.Base(f.keptReply())+": look there for the new secret", "Set integrator_secret (INTEGRATOR_SECRET) to the new secret")
			})
		}
	}
}

// keptReply checks the file in which a reply was kept, and returns its path.
func (f *fixture) keptReply() string {
	f.t.Helper()
	files := f.recoveryFiles()
	i := slices.IndexFunc(files, func(file string) bool { return strings.HasSuffix(file, ".reply-1") })
	if i < 0 {
		f.t.Fatal("the reply was not kept")
	}
	f.mode(files[i], 0o600)
	if kept, err := os.ReadFile(files[i]); err != nil || !strings.Contains(string(kept), f.Secret()) {
		f.t.Errorf("the reply was not kept as it came: %v", err)
	}
	return files[i]
}
