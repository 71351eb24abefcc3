// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A reply without a secret is kept, in case that a person finds one in it. Here the
// recovery folder goes while the request is under way.
func TestAReplyThatCannotBeKept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply emulator.Fault
		says  string
	}{
		"no secret": {
			emulator.Fault{Body: `{"token": "x"}`}.After(),
			"The API secret was rotated, but the reply holds no readable secret",
		},
		"a page": {
			emulator.HTML(200).After(),
			"The API secret may have been rotated: the answer is not the API's",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.settings["recovery_dir"] = s.dir
			s.created(nil).rotate()
			reached, hold := make(chan struct{}), make(chan struct{})
			tt.reply.Reached, tt.reply.Hold = reached, hold
			s.Inject(onRotation(tt.reply))
			plan := s.mustPlan()
			s.told = nil
			applied := make(chan bool)
			go func() { applied <- s.carryOut(plan) }()
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Fatal("no request arrives")
			}
			if err := os.RemoveAll(s.dir); err != nil {
				t.Error(err)
			}
			s.writeFile(s.dir, "")
			close(hold)
			s.expectError(<-applied, tt.says, "The reply could not be kept ("+s.dir)
		})
	}
}
