// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Windows sends no signals.

package lifetime_test

import (
	"os/signal"
	"syscall"
	"testing"
)

// signals are those that would end a provider, each with a way to send it.
func signals() map[syscall.Signal]func(*testing.T, *process) {
	send := func(s syscall.Signal) func(*testing.T, *process) {
		return func(t *testing.T, p *process) {
			if err := p.cmd.Process.Signal(s); err != nil {
				t.Error(err)
			}
		}
	}
	return map[syscall.Signal]func(*testing.T, *process){
		syscall.SIGTERM: send(syscall.SIGTERM),
		syscall.SIGHUP:  send(syscall.SIGHUP),
		syscall.SIGQUIT: send(syscall.SIGQUIT),
		// Go lets a process die of this one only by a write to a standard stream.
		syscall.SIGPIPE: func(t *testing.T, p *process) {
			if err := p.stderr.Close(); err != nil {
				t.Error(err)
			}
			p.tell("write to stderr")
		},
	}
}

func TestASignalEndsTheProcessBeforeARotation(t *testing.T) {
	t.Parallel()
	for s, send := range signals() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(s) {
				t.Skip("whoever started the tests has them ignore this signal, as nohup does")
			}
			p := start(t, asProvider)
			p.ask(t, "answer", "here")
			send(t, p)
			p.expectEnd(t)
			_ = p.cmd.Wait() // its error is in the status, too
			status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
			quit := s == syscall.SIGQUIT && status.ExitStatus() == 2 // as Go ends then
			if !ok || status.Signal() != s && !quit {
				t.Errorf("the process did not die of the signal: %s", p.cmd.ProcessState)
			}
		})
	}
}

func TestNoSignalEndsTheProcessFromTheFirstRotationOn(t *testing.T) {
	t.Parallel()
	for s, send := range signals() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := start(t, asProvider)
			p.ask(t, "begin", "Begin returned, 1 in flight")
			send(t, p)
			if s == syscall.SIGPIPE {
				p.expect(t, "written")
			}
			p.ask(t, "linger", "lingered")
			p.ask(t, "done", "done")
			p.ask(t, "answer", "here") // so done has been called
			if s == syscall.SIGPIPE {  // its pipe is closed already
				p.ask(t, "write to stderr", "written")
			} else {
				send(t, p)
			}
			p.ask(t, "linger", "lingered")
			p.stop(t)
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("the process ended with %v", err)
			}
		})
	}
}

func TestCtrlCIsNoted(t *testing.T) {
	t.Parallel()
	p := start(t, asProvider)
	p.ask(t, "interrupted", "no interrupt")
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.ask(t, "await interrupt", "interrupt")
	p.stop(t)
}
