// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// recovering is message with recovery_dir set.
func recovering(happens string, play func(s *session)) entry {
	return message(happens, func(s *session) {
		s.settings["recovery_dir"] = s.dir
		play(s)
	})
}

// recoveryFile is the path of the session's recovery file.
func (s *session) recoveryFile() string { return recovery.NewStore(s.dir, s.Key(), s.URL()).Path() }

func (s *session) writeFile(path, content string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// inTheWay puts a folder where the recovery file is to be.
func (s *session) inTheWay() {
	s.t.Helper()
	if err := os.Mkdir(s.recoveryFile(), 0o700); err != nil {
		s.t.Fatal(err)
	}
}

// encryptedAndKilled leaves an encrypted state and an encrypted recovery file
// behind, and no identity to open them.
func (s *session) encryptedAndKilled() *block {
	s.t.Helper()
	key := newKey(s.t)
	s.setenv(ageKey, key.identity)
	secret := s.created(args{"recipients": []string{key.recipient}})
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
		recovering("A rotation is tried again after a run that was killed, and the file cannot be opened", func(s *session) {
			s.encryptedAndKilled()
			s.setenv(configured, s.Rotate(time.Hour)) // or else the plan fails
			s.apply()
		}),
		recovering("The secret is refused, and the recovery file cannot be opened", func(s *session) {
			secret := s.created(nil)
			secret.config["recipients"] = []string{newKey(s.t).recipient}
			s.killed(secret)
			secret.config["rotate_when_changed"] = nil
			s.plan()
		}),
		recovering("A rotation is planned, every secret is refused, and the recovery file cannot be opened", func(s *session) {
			s.encryptedAndKilled().rotate()
			s.plan()
		}),
		recovering("A rotation is tried again after a run that was killed, and the file cannot be checked: 500", func(s *session) {
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
		recovering("The recovery file is damaged", func(s *session) {
			s.created(nil)
			s.writeFile(s.recoveryFile(), "nonsense")
			s.plan()
		}),
		recovering("The recovery file holds no secret", func(s *session) {
			s.created(nil)
			s.writeFile(s.recoveryFile(), "{}")
			s.plan()
		}),
		recovering("The recovery file is of another integrator", func(s *session) {
			s.created(nil)
			s.writeFile(s.recoveryFile(), `{"integrator_key": "int_other", "secret": "x", "fingerprint": "y"}`)
			s.plan()
		}),
		recovering("A folder is where the recovery file is to be", func(s *session) {
			s.inTheWay()
			s.apiSecret(nil)
			s.apply()
		}),
		recovering("200 without a secret, and the reply cannot be kept", func(s *session) {
			s.apiSecret(nil)
			for n := range 999 { // as many as there can be
				s.writeFile(fmt.Sprintf("%s.reply-%d", s.recoveryFile(), n+1), "")
			}
			s.Inject(onRotation(emulator.Fault{Body: `{"token": "x"}`}.After()))
			s.apply()
		}),
	}
}
