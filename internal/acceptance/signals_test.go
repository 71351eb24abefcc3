// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// signals is how many signals are tried in each form of rotation. A soak tries more.
var signals = flag.Int("signals", 2, "how many random signals to send in each form of rotation")

// A signal at any time, on default settings, leaves what one apply sets right. Only a
// provider that is killed together with its Terraform may lose a secret.
func TestRandomSignals(t *testing.T) {
	t.Parallel()
	for _, rotation := range rotations() {
		for seed := range *signals {
			t.Run(fmt.Sprintf("%s/%d", rotation.name, seed), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t).withTrace(false)
				rotation.prepare(f)
				random := rand.New(rand.NewPCG(uint64(seed), uint64(len(rotation.name))))
				run := rotation.start(f)
				time.Sleep(time.Duration(random.Int64N(int64(700 * time.Millisecond))))
				run.randomSignal(random)
				run.wait()
				run.gone()

				f.apply().has(0)
				f.stores(f.newest(), false)
				f.plan().has(0, "No changes")
			})
		}
	}
}

// randomSignal sends one of those that end a process, to Terraform or the group.
// SIGKILL is for Terraform alone.
func (r *run) randomSignal(random *rand.Rand) {
	r.t.Helper()
	all := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGKILL}
	signal := all[random.IntN(len(all))]
	pid := r.cmd.Process.Pid
	if signal != syscall.SIGKILL && random.IntN(2) == 0 {
		pid = -pid
	}
	r.t.Logf("%s to %d", signal, pid)
	_ = syscall.Kill(pid, signal) // it may have ended
}
