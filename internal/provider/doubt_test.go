// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// removeCopies deletes the files that the message names.
func (s *session) removeCopies() {
	s.t.Helper()
	copies, err := filepath.Glob(filepath.Join(s.dir, "*.age"))
	if err != nil || len(copies) == 0 {
		s.t.Fatal("there are no copies", err)
	}
	for _, path := range copies {
		if err := os.Remove(path); err != nil {
			s.t.Fatal(err)
		}
	}
}

// "If nothing opens it any more, delete these files: that gives the secret in them up, and
// the next apply rotates." So it does, although the metadata is still there.
func TestDeletingTheFilesNamedUnblocksTheRotation(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	secret := s.encryptedSecret(k, args{grace: 300})
	s.mustApply()
	secret.object = nil // as if Terraform had been killed before it stored the state
	s.expectError(s.apply(), "An interrupted rotation cannot be completed")
	s.removeCopies()
	s.mustApply()
}

// Who opens an entry by hand, configures its secret, and deletes the file, leaves the
// metadata. When that secret is dead, the apply fails like any other.
func TestMetadataOfADeadSecret(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.settings["recovery_dir"] = s.dir
	secret := s.created(args{grace: 300})
	secret.object = nil // as if Terraform had been killed before it stored the state
	s.setenv(configured, s.Secret())
	s.removeCopies()
	s.Rotate(0)
	s.expectError(s.apply(), "The API secret was not rotated")
}

// A copy planted between plan and apply, named after the secret in state and a dummy, must
// not have the new secret sealed with the dummy: whoever reads the folder could open it.
func TestAPlantedFileMakesNoDummyASealer(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.settings["recovery_dir"] = s.dir
	secret := s.created(nil)
	first, err := filepath.Glob(filepath.Join(s.dir, "*.age")) // a whole age file, to be copied
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	content, err := os.ReadFile(first[0])
	if err != nil {
		t.Fatal(err)
	}
	s.setenv(configured, "dummy")
	secret.replace = true
	plan := s.mustPlan()
	dummy := apisecret.New("dummy").Fingerprint()
	name := strings.Split(filepath.Base(first[0]), ".")[0] // the id of the integrator, and the secret in state
	if err := os.WriteFile(filepath.Join(s.dir, name+"."+dummy+".age"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	s.carryOut(plan)
	files, err := filepath.Glob(filepath.Join(s.dir, "*."+dummy+".age"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := envelope.OpenWithPassphrase(string(content), "dummy"); err == nil && opened == s.Secret() {
			t.Error("the live secret is sealed with a dummy")
		}
	}
}

// Delete tells the warning, before the outcome is known. When the replacement succeeds, the
// old secret is not as valid as it was, so it must not say so.
func TestWordsOfAReplacementThatCouldNotKeep(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	secret := s.created(args{"old_secret_valid_for_seconds": 0})
	data := filepath.Join(s.workingDir, ".terraform")
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(data, nil, 0o600); err != nil { // no folder can be made
		t.Fatal(err)
	}
	s.setenv(configured, s.Secrets()[0])
	secret.replace = true
	s.mustApply()
	s.expectTold("The secret is as valid as it was, but Terraform has dropped it from the state", 0)
}

// An adoption may be planned where the folder is not, and applied where it holds an entry of
// the same secret. It must not store times that the plan did not have: Terraform would refuse
// them as a bug of the provider.
func TestAnAdoptionPlannedElsewhere(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(trigger(1)))
	here, elsewhere := "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "here"), "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "elsewhere")
	env := c.env
	c.env = slices.Concat(env, []string{here})
	c.terraform(0, "apply", "-auto-approve")
	c.terraform(0, "destroy", "-auto-approve") // the folder keeps the secret
	env = append(env, "INTEGRATOR_SECRET="+c.Secret())
	c.env = slices.Concat(env, []string{elsewhere})
	c.terraform(0, "import", address, c.Key())
	c.terraform(0, "plan", "-out=plan")
	c.env = slices.Concat(env, []string{here})
	c.terraform(0, "apply", "plan")
}

// The plan of a replacement with create_before_destroy is made on a machine without the
// folder, and applied on one with it, where the apply is shown nothing of the state. It
// rotates nevertheless.
func TestAPlanOfAnotherMachine(t *testing.T) {
	t.Parallel()
	c := newCLI(t, emulator.Options{}, secretResource(trigger(1)+"\nlifecycle {\n create_before_destroy = true\n}\n"))
	env := c.env
	c.env = slices.Concat(env, []string{"INTEGRATOR_RECOVERY_DIR=" + filepath.Join(c.folder, "here")})
	c.terraform(0, "apply", "-auto-approve")
	c.env = slices.Concat(env, []string{"INTEGRATOR_RECOVERY_DIR=" + filepath.Join(c.folder, "elsewhere")})
	c.terraform(0, "plan", "-replace="+address, "-out=plan")
	c.env = slices.Concat(env, []string{"INTEGRATOR_RECOVERY_DIR=" + filepath.Join(c.folder, "here")})
	output := c.terraform(0, "apply", "plan")
	c.expect(output, "An interrupted rotation was completed", 0)
	c.expectRotations(2)
}

// A destroy of a secret of another integrator is not told that a copy stays if none does.
func TestDestroyOfAnother(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	k := newKey(t)
	s.encryptedSecret(k, args{grace: 300})
	s.mustApply()
	s.mustPlan()
	s.setenv("INTEGRATOR_KEY", "int_other")
	s.destroy()
	files, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.shown(), "a sealed copy stays in the recovery folder") && len(files) == 0 {
		t.Error("a copy is said to stay, and there is none")
	}
}
