// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"
)

// between is a replacement that has deleted the old object and not yet created the
// new one: a dependency that is replaced too takes its time.
type between struct {
	*run
	f   *fixture
	old int // number of the secret that was in the state
}

// replaceSlowly starts the replacement, and returns between Delete and Create.
func replaceSlowly(f *fixture) between {
	f.t.Helper()
	f.configure(resource{trigger: "${terraform_data.slow.id}", more: `
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "trap '' TERM HUP QUIT; touch reached; until [ -e go ]; do sleep 0.05; done"
  }
}`})
	f.write("go", "")
	f.apply().has(0)
	for _, file := range []string{"go", "reached"} {
		if err := os.Remove(f.path(file)); err != nil {
			f.t.Fatal(err)
		}
	}
	b := between{f: f, old: f.newest()}
	b.run = f.start("apply", "-input=false", "-auto-approve", "-replace="+address, "-replace=terraform_data.slow")
	eventually(f.t, "the dependency", func() bool {
		_, err := os.Stat(f.path("reached"))
		return err == nil
	})
	return b
}

// goOn lets the dependency, in this run and in later ones, be created.
func (b between) goOn() { b.f.write("go", "") }

// signalProvider sends a signal to the provider alone.
func (b between) signalProvider(signal syscall.Signal) {
	b.t.Helper()
	started := regexp.MustCompile(`plugin started: path=\S*terraform-provider-integrator pid=(\d+)`).FindAllStringSubmatch(b.f.read("trace.log"), -1)
	pid, err := strconv.Atoi(started[len(started)-1][1])
	if err == nil {
		err = syscall.Kill(pid, signal)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func signalsToOutlive() map[string]syscall.Signal {
	return map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGHUP": syscall.SIGHUP, "SIGQUIT": syscall.SIGQUIT}
}

// A provider that died there would leave an empty state. Terraform, which gets no
// signal here, goes on to Create.
func TestAReplacementOutlivesASignalBetweenDeleteAndCreate(t *testing.T) {
	t.Parallel()
	for name, signal := range signalsToOutlive() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run := replaceSlowly(f)
			run.signalProvider(signal)
			run.goOn()

			run.wait().has(0)
			f.stores(run.old+1, false)
			f.sent(run.old + 1)
			f.plan().has(0, "No changes")
		})
	}
}

// If Terraform gets the signal too, Create is never called. The next apply is signed
// with the secret that Delete was shown, for the configured one has ended.
func TestTheApplyAfterASignalBetweenDeleteAndCreate(t *testing.T) {
	t.Parallel()
	for name, signal := range signalsToOutlive() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run := replaceSlowly(f)
			run.signal(signal, true)
			run.wait()
			run.gone()
			run.goOn()

			var again []string
			if left, _ := f.current(); left != none { // OpenTofu writes nothing until the end
				again = []string{"-replace=" + address}
			}
			f.apply(again...).has(0)
			f.stores(run.old+1, false)
			f.signedBy(run.old)
			f.plan().has(0, "No changes")
			f.recovers(none)
		})
	}
}
