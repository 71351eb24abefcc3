// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// run is Terraform under way, in a process group of its own.
type run struct {
	t      *testing.T
	cmd    *exec.Cmd
	output string // file
	ended  chan struct{}

	// alive gives EOF once Terraform and all that it started have ended: it is the
	// other end of their standard input, which the provider gets from Terraform.
	alive *os.File
}

// command is one of Terraform in the fixture's folder and environment.
func (f *fixture) command(args ...string) *exec.Cmd {
	env := terraform.Environment()
	for name, value := range f.env {
		env = append(env, name+"="+value)
	}
	return f.cli.Command(f.t.Context(), f.folder, env, args...)
}

// start starts Terraform without waiting for its end.
func (f *fixture) start(command string, args ...string) *run {
	f.t.Helper()
	output, err := os.CreateTemp(f.folder, "output-*.txt")
	if err != nil {
		f.t.Fatal(err)
	}
	defer output.Close()
	// Terraform never reads its standard input, so this can be the writing end.
	alive, stdin, err := os.Pipe()
	if err != nil {
		f.t.Fatal(err)
	}
	defer stdin.Close()

	cmd := f.command(append([]string{command}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	r := &run{t: f.t, cmd: cmd, output: output.Name(), ended: make(chan struct{}), alive: alive}
	go func() {
		_ = cmd.Wait()
		close(r.ended)
	}()
	f.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-r.ended
		r.gone()
		_ = alive.Close()
	})
	return r
}

// signal sends a signal to Terraform alone, or to its whole group.
func (r *run) signal(signal syscall.Signal, group bool) {
	r.t.Helper()
	pid := r.cmd.Process.Pid
	if group {
		pid = -pid
	}
	if err := syscall.Kill(pid, signal); err != nil {
		r.t.Fatal(err)
	}
}

// suspend stops Terraform, all threads of it, until it gets another signal.
func (r *run) suspend() {
	r.t.Helper()
	r.signal(syscall.SIGSTOP, false)
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(r.cmd.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		r.t.Fatalf("Terraform does not stop: %v", err)
	}
}

// says waits until the output holds some words.
func (r *run) says(words string) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%q in the output", words), func() bool {
		content, err := os.ReadFile(r.output)
		return err == nil && strings.Contains(string(content), words)
	})
}

// wait waits for Terraform's end, not that of what it started.
func (r *run) wait() result {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		r.t.Fatal("Terraform does not end")
	}
	content, err := os.ReadFile(r.output)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Logf("%s\n%s", strings.Join(r.cmd.Args, " "), content)
	return result{t: r.t, code: r.cmd.ProcessState.ExitCode(), text: strings.Join(strings.Fields(string(content)), " ")}
}

// gone waits for the end of everything that the run started.
func (r *run) gone() {
	r.t.Helper()
	err := r.alive.SetReadDeadline(time.Now().Add(patience))
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.alive.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		r.t.Fatalf("the provider outlives Terraform: %v", err)
	}
}

// result is how Terraform ended, and its output on one line.
type result struct {
	t    *testing.T
	code int
	text string
}

// has checks the exit code and that the output holds some texts.
func (r result) has(code int, texts ...string) {
	r.t.Helper()
	if r.code != code {
		r.t.Errorf("exit code %d, want %d", r.code, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.text, text) {
			r.t.Errorf("the output lacks %q", text)
		}
	}
}

// completedOrHalted checks the end of an apply that was interrupted, and that the output
// holds some texts. Terraform says that it was interrupted before that counts, so the
// apply may be complete by then.
func (r result) completedOrHalted(texts ...string) {
	r.t.Helper()
	if r.code == 0 {
		r.has(0, append(texts, "Apply complete!")...)
		return
	}
	r.has(1, append(texts, "execution halted")...)
}

// lacks checks that the output holds none of some texts.
func (r result) lacks(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if strings.Contains(r.text, text) {
			r.t.Errorf("the output has %q", text)
		}
	}
}

// terraform runs a command to its end.
func (f *fixture) terraform(command string, args ...string) result {
	f.t.Helper()
	return f.start(command, args...).wait()
}

func (f *fixture) apply(args ...string) result {
	f.t.Helper()
	return f.terraform("apply", append([]string{"-input=false", "-auto-approve"}, args...)...)
}

// plan exits with 0 for an empty plan, 2 for one with changes, 1 for an error.
func (f *fixture) plan(args ...string) result {
	f.t.Helper()
	return f.terraform("plan", append([]string{"-input=false", "-detailed-exitcode"}, args...)...)
}
