// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// recovering is message with recovery_dir set.
func recovering(happens string, play func(s *session)) entry {
	return message(happens, func(s *session) {
		s.settings["recovery_dir"] = s.dir
		play(s)
	})
}

// entries are the files of the recovery folder that end so.
func (s *session) entries(folder, suffix string) []string {
	s.t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "integrator-*"+suffix))
	if err != nil || len(paths) == 0 {
		s.t.Fatalf("the recovery folder has no %s (%v)", suffix, err)
	}
	return paths
}

func (s *session) writeFile(path, content string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// inTheWay puts a file where the recovery folder is to be.
func (s *session) inTheWay() {
	s.t.Helper()
	if err := os.Remove(s.dir); err != nil {
		s.t.Fatal(err)
	}
	s.writeFile(s.dir, "")
}

// encryptedAndKilled leaves an encrypted state and an encrypted entry of the
// recovery folder behind, and no identity to open them.
func (s *session) encryptedAndKilled() *block {
	s.t.Helper()
	key := newKey(s.t)
	s.setenv(ageKey, key.identity)
	secret := s.created(args{"recipients": []string{key.recipient}, grace: 300})
	s.killed(secret)
	s.setenv(ageKey, "")
	return secret
}

func recoveryMessages() []entry {
	return []entry{
		recovering("A rotation is tried again after a run that was killed", func(s *session) {
			s.killed(s.created(nil))
			s.apply()
		}),
		recovering("A creation is tried again after a run that was killed", func(s *session) {
			s.created(nil).object = nil
			s.apply()
		}),
		recovering("A rotation is tried again after a run that was killed, and the old secret is still valid", func(s *session) {
			s.killed(s.created(args{grace: 3600}))
			s.apply()
		}),
		recovering("No rotation is planned after a run that was killed", func(s *session) {
			secret := s.created(nil)
			asked := secret.config["rotate_when_changed"]
			s.killed(secret)
			secret.config["rotate_when_changed"] = asked
			s.plan()
		}),
		recovering("A rotation is tried again after a run that was killed, and the entry cannot be opened", func(s *session) {
			s.encryptedAndKilled()
			s.setenv(configured, s.Secrets()[1]) // or else the plan fails
			s.apply()
		}),
		recovering("The secret is refused, and the entry of the recovery folder cannot be opened", func(s *session) {
			secret := s.created(nil)
			secret.config["recipients"] = []string{newKey(s.t).recipient}
			s.killed(secret)
			secret.config["rotate_when_changed"] = nil
			s.plan()
		}),
		recovering("A rotation is planned, every secret is refused, and the entry of the recovery folder cannot be opened", func(s *session) {
			s.encryptedAndKilled().rotate()
			s.plan()
		}),
		recovering("A rotation is tried again after a run that was killed, and the secret cannot be checked: 500", func(s *session) {
			s.killed(s.created(nil))
			plan := s.mustPlan()
			s.told = nil
			s.Inject(onCheck(unchecked()["500"]))
			s.carryOut(plan)
		}),
		recovering("A rotation is tried again after a run that was killed, and its secret is dead", func(s *session) {
			s.killed(s.created(nil))
			s.setenv(configured, s.Rotate(0))
			s.apply()
		}),
		recovering("An entry of the recovery folder is damaged", func(s *session) {
			s.killed(s.created(nil))
			for _, path := range s.entries(s.dir, ".json") {
				s.writeFile(path, "nonsense")
			}
			s.plan()
		}),
		recovering("An entry of the recovery folder is another secret", func(s *session) {
			s.killed(s.created(args{grace: 300}))
			copies := s.entries(s.dir, ".age")
			content, err := os.ReadFile(copies[0])
			if err != nil {
				s.t.Fatal(err)
			}
			s.writeFile(filepath.Join(s.dir, strings.Replace(filepath.Base(copies[0]), "-", "-0", 1)), string(content))
			s.plan()
		}),
	}
}

// folderMessages are about a folder that does not work, or cannot keep a secret.
func folderMessages() []entry {
	return []entry{
		recovering("A file is where the chosen recovery folder is to be", func(s *session) {
			s.inTheWay()
			s.apiSecret(nil)
			s.apply()
		}),
		recovering("A file is where the chosen recovery folder is to be, in a replacement", func(s *session) {
			secret := s.created(nil)
			s.setenv(configured, s.Secret())
			s.setenv("INTEGRATOR_RECOVERY_DIR", "")
			secret.replace = true
			plan := s.mustPlan()
			s.told = nil
			if err := os.RemoveAll(s.dir); err != nil {
				s.t.Fatal(err)
			}
			s.writeFile(s.dir, "")
			s.carryOut(plan)
		}),
		message("A file is where the default recovery folder is to be", func(s *session) {
			folder := filepath.Join(s.workingDir, ".terraform", "integrator")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				s.t.Fatal(err)
			}
			s.writeFile(filepath.Join(folder, "default"), "")
			s.apiSecret(nil)
			s.apply()
		}),
		recovering("The secret is in the state, and its entry cannot be removed from the recovery folder", func(s *session) {
			s.created(nil)
			for _, path := range s.entries(s.dir, ".json") { // not even root can remove a folder like a file
				if err := os.Remove(path); err != nil {
					s.t.Fatal(err)
				}
				if err := os.MkdirAll(filepath.Join(path, "folder"), 0o700); err != nil {
					s.t.Fatal(err)
				}
			}
			s.plan()
		}),
		onUnix(recovering("Others can read the recovery folder", func(s *session) {
			if err := os.Chmod(s.dir, 0o750); err != nil {
				s.t.Fatal(err)
			}
			s.apiSecret(nil)
			s.apply()
		})),
		message("The secret is replaced, and nothing can seal it", func(s *session) {
			secret := s.created(nil)
			s.setenv(configured, wrong)
			secret.replace = true
			s.apply()
		}),
		message("The secret is destroyed, and the default folder cannot be used", func(s *session) {
			s.created(nil)
			s.setenv(configured, s.Secrets()[0])
			plan := s.mustPlan()
			for i := range plan {
				plan[i].destroys = true
			}
			folder := filepath.Join(s.workingDir, ".terraform")
			if err := os.RemoveAll(folder); err != nil {
				s.t.Fatal(err)
			}
			s.writeFile(folder, "")
			s.told = nil
			s.carryOut(plan)
		}),
		message("The secret is destroyed, and nothing can seal it", func(s *session) {
			s.created(nil)
			s.setenv(configured, wrong)
			s.destroy()
		}),
		message("A rotation is tried again after a run that was killed, and the default folder's entry cannot be opened", func(s *session) {
			s.encryptedAndKilled()
			s.setenv(configured, s.Rotate(time.Hour))
			s.apply()
		}),
		recovering("200 without a secret, and the reply is kept in the chosen recovery folder", func(s *session) {
			s.apiSecret(nil)
			plan := s.mustPlan()
			s.told = nil
			s.Inject(onRotation(emulator.Fault{Body: `{"token": "x"}`}.After()))
			s.carryOut(plan)
		}),
		message("200 without a secret, without a recovery folder", func(s *session) {
			s.settings["skip_recovery"] = true
			s.apiSecret(nil)
			s.Inject(onRotation(emulator.Fault{Body: `{"token": "x"}`}.After()))
			s.apply()
		}),
	}
}
