// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// A reply that comes while the processes are stopped, as by Ctrl-Z, is read when
// they go on, however long that takes.
func TestAReplyToAStoppedProcessIsRead(t *testing.T) {
	t.Parallel()
	const timeout = 2 * time.Second
	for _, rotation := range rotations() {
		t.Run(rotation.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rotation.prepare(f)
			impatient := resource{createFirst: rotation.createFirst, more: fmt.Sprintf("provider \"integrator\" {\n  request_timeout = %q\n}", timeout)}
			if !rotation.replace {
				impatient.trigger = "2"
			}
			f.configure(impatient)
			call := f.holdReply()
			run := rotation.start(f)
			call.wait()
			run.signal(syscall.SIGSTOP, true)
			call.release()
			time.Sleep(timeout)
			run.signal(syscall.SIGCONT, true)

			run.wait().has(0)
			f.stores(f.newest(), false)
			f.plan().has(0, "No changes")
		})
	}
}
