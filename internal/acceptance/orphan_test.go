// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"net/http"
	"syscall"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A provider whose Terraform was killed in the wait before the resend does not send
// again. That would end the secret that another run has stored meanwhile.
func TestAnOrphanDoesNotResend(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.configure(resource{grace: 300})
	f.apply().has(0)
	f.configure(resource{trigger: "2", grace: 300})
	lost := emulator.HTML(http.StatusBadGateway).On("POST", emulator.RegeneratePath).After()
	f.Inject(lost)
	run := rotation{}.start(f)
	f.traces("status=502")
	run.signal(syscall.SIGKILL, false)
	run.wait()

	f.apply().has(0)
	run.gone()
	f.sent(3)
	f.stores(3, false)
	f.plan().has(0, "No changes")
}

// A provider that does not rotate, but refreshes for instance, ends with Terraform.
func TestIdleOrphanEnds(t *testing.T) {
	t.Parallel()
	for _, trace := range []bool{false, true} {
		t.Run("refresh"+traced(trace), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).withTrace(trace)
			f.apply().has(0)
			probe := f.hold(emulator.Fault{}.On("GET", emulator.ProfilePath))
			run := f.start("plan", "-input=false")
			probe.wait()
			run.signal(syscall.SIGKILL, false)
			run.gone()
		})
	}
}
