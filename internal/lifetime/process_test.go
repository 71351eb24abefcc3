// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package lifetime_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// role is the environment variable that says what the test binary is.
const (
	role       = "INTEGRATOR_TEST_ROLE"
	asProvider = "provider" // carries out the commands on its standard input
	asParent   = "parent"   // starts a provider, which takes over its pipes
)

// patience is for machines that are busy with other tests.
const patience = 2 * time.Minute

// process is one that a test has started and talks to, line by line.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr io.Closer
	lines  chan string // of its standard output, closed when that ends
}

func start(t *testing.T, as string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), os.Args[0]), lines: make(chan string)}
	p.cmd.Env = append(os.Environ(), role+"="+as, "GORACE=atexit_sleep_ms=0") // which is a second otherwise
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stderr, err = p.cmd.StderrPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		_ = p.stdin.Close() // which ends a provider
		for range p.lines { // until all have ended that hold the pipe
			continue
		}
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

// tell sends a command. It fails where the process has ended, which the next
// expectation tells.
func (p *process) tell(command string) { _, _ = io.WriteString(p.stdin, command+"\n") }

func (p *process) ask(t *testing.T, command, want string) {
	t.Helper()
	p.tell(command)
	p.expect(t, want)
}

func (p *process) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got, ok := <-p.lines:
		if !ok {
			got = "nothing, for it has ended"
		}
		if got != want {
			t.Fatalf("the process says %q, want %q", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("the process does not say %q", want)
	}
}

// expectEnd waits for the end of the process, and of the one that it started.
func (p *process) expectEnd(t *testing.T) {
	t.Helper()
	select {
	case got, ok := <-p.lines:
		if ok {
			t.Fatalf("the process says %q instead of ending", got)
		}
	case <-time.After(patience):
		t.Fatal("the process does not end")
	}
}

// stop has the provider end by itself.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.stdin.Close(); err != nil {
		t.Error(err)
	}
	p.expectEnd(t)
}

// kill ends the process that the test has started, not the one started by that.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
}
