// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package lifetime_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/lifetime"
)

// interval is how often the provider looks for its parent.
const interval = time.Millisecond

// provider does with a Guard what it is told to, and reports what came of it.
type provider struct {
	guard    *lifetime.Guard
	inFlight atomic.Int32
}

// serve carries out commands until there are no more.
func (p *provider) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	begun := make(chan func(), 10)
	for commands := bufio.NewScanner(os.Stdin); commands.Scan(); {
		switch command := commands.Text(); command {
		case "answer":
			say("here")
		case "begin":
			p.call("Begin", func() {
				done := p.guard.Begin()
				p.inFlight.Add(1)
				begun <- done
			})
		case "done":
			p.inFlight.Add(-1)
			say("done")
			done := <-begun
			done()
			done() // ends no other rotation
		case "finish":
			p.call("Finish", p.guard.Finish)
		case "watch":
			p.call("EndWithParent", func() {
				p.guard.EndWithParent(ctx, interval, func() {
					p.say("exit")
					os.Exit(0)
				})
			})
		case "stop watching":
			cancel()
		case "orphaned":
			sayWhether(p.guard.Orphaned, "orphan")
		case "await orphanage":
			await(p.guard.Orphaned)
			sayWhether(p.guard.Orphaned, "orphan")
		case "interrupted":
			sayWhether(p.guard.Interrupted, "interrupt")
		case "await interrupt":
			await(p.guard.Interrupted)
			sayWhether(p.guard.Interrupted, "interrupt")
		case "linger":
			time.Sleep(20 * interval) // no test needs this to pass; it gives a wrong Guard the time to fail
			say("lingered")
		case "write to stderr":
			_, _ = fmt.Fprintln(os.Stderr, "to nobody")
			say("written")
		default:
			say("unknown command " + command)
		}
	}
	cancel()
}

// call calls a method of the Guard, and reports that it has returned or, before
// that, that it waits.
func (p *provider) call(method string, call func()) {
	before := waiting(method)
	returned, reported := make(chan struct{}), make(chan struct{})
	go func() {
		call()
		close(returned)
		<-reported
		p.say(method + " returned")
	}()
	defer close(reported)
	for waiting(method) == before {
		select {
		case <-returned:
			return
		default:
			runtime.Gosched()
		}
	}
	say(method + " waits")
}

// waiting counts the calls of a method of the Guard that wait for something.
func waiting(method string) (count int) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		header, calls, _ := strings.Cut(stack, "\n") // "goroutine 7 [select]:"
		waits := strings.Contains(header, "[select") || strings.Contains(header, "[sync.")
		if waits && strings.Contains(calls, "lifetime.(*Guard)."+method+"(") {
			count++
		}
	}
	return count
}

func await(fact func() bool) {
	for !fact() {
		time.Sleep(interval)
	}
}

func sayWhether(fact func() bool, what string) {
	if !fact() {
		what = "no " + what
	}
	say(what)
}

// say says something together with the number of rotations in flight.
func (p *provider) say(what string) { say(fmt.Sprintf("%s, %d in flight", what, p.inFlight.Load())) }

func say(line string) { _, _ = fmt.Println(line) }
