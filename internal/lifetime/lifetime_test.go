// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package lifetime_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/lifetime"
)

func TestFinishWaitsForRotationsAndLetsNoneBegin(t *testing.T) {
	t.Parallel()
	p := start(t, asProvider)
	p.ask(t, "begin", "Begin returned, 1 in flight")
	p.ask(t, "begin", "Begin returned, 2 in flight")
	p.ask(t, "finish", "Finish waits")
	p.ask(t, "begin", "Begin waits")
	p.ask(t, "done", "done") // of the first
	p.ask(t, "done", "done")
	p.expect(t, "Finish returned, 0 in flight")
	p.ask(t, "begin", "Begin waits")
	p.stop(t)
}

func TestFinishReturnsWhereNoRotationIsInFlight(t *testing.T) {
	t.Parallel()
	p := start(t, asProvider)
	p.ask(t, "finish", "Finish returned, 0 in flight")
	p.stop(t)
}

func TestAnOrphanKnowsThatItIsOne(t *testing.T) {
	t.Parallel()
	p := start(t, asParent)
	p.ask(t, "orphaned", "no orphan")
	p.kill(t)
	p.ask(t, "await orphanage", "orphan")
	p.stop(t)
}

func TestAnOrphanEnds(t *testing.T) {
	t.Parallel()
	p := start(t, asParent)
	p.ask(t, "watch", "EndWithParent waits")
	p.kill(t)
	p.expect(t, "exit, 0 in flight")
	p.expectEnd(t)
}

func TestAnOrphanEndsAfterItsRotation(t *testing.T) {
	t.Parallel()
	p := start(t, asParent)
	p.ask(t, "begin", "Begin returned, 1 in flight")
	p.ask(t, "watch", "EndWithParent waits")
	p.kill(t)
	p.ask(t, "await orphanage", "orphan")
	p.ask(t, "linger", "lingered")
	p.ask(t, "done", "done")
	p.expect(t, "exit, 0 in flight")
	p.expectEnd(t)
}

func TestAProcessWithAParentStays(t *testing.T) {
	t.Parallel()
	p := start(t, asProvider)
	p.ask(t, "watch", "EndWithParent waits")
	p.ask(t, "linger", "lingered")
	p.ask(t, "stop watching", "EndWithParent returned, 0 in flight")
	p.stop(t)
}

// TestMain makes the test binary one of the processes that the tests start.
func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case asProvider:
		(&provider{guard: lifetime.New()}).serve()
	case asParent:
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), role+"="+asProvider)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		_ = cmd.Run() // until it is killed
	default:
		os.Exit(m.Run())
	}
}
