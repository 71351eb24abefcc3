// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// story tells a person what happens. It shows no secret whole: see emulator.Masked.
type story struct{ out io.Writer }

func (s *story) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

func (s *story) opening() {
	s.printf("A real Terraform rotates an integrator's API secret; only the API is emulated.\n")
}

// fact tells something about the surroundings. Without a label, it belongs to the
// fact before it.
func (s *story) fact(label, format string, args ...any) {
	s.printf("  %-9s  %s", label, fmt.Sprintf(format, args...))
}

func (s *story) step(number int, title, text string) {
	s.printf("\n%d. %s", number, title)
	for line := range strings.Lines(text) {
		s.printf("   %s", strings.TrimSpace(line))
	}
	s.printf("")
}

func (s *story) command(words ...string) {
	s.printf("   $ %s", strings.Join(words, " "))
}

func (s *story) plan(p *plan) {
	if p.empty {
		s.printf("     no changes")
		return
	}
	s.printf("     %s", describe(p))
	for _, warning := range p.warnings {
		s.printf("     Warning: %s", warning)
	}
}

// describe describes a plan with the signs and the words of Terraform.
func describe(p *plan) string {
	switch {
	case p.actions.Create():
		return "+ create " + resourceAddress
	case p.actions.Update():
		return "~ update in-place " + resourceAddress
	case p.actions.DestroyBeforeCreate():
		return "-/+ destroy and then create replacement " + resourceAddress
	case p.actions.CreateBeforeDestroy():
		return "+/- create replacement and then destroy " + resourceAddress
	case p.actions.Delete():
		return "- destroy " + resourceAddress
	}
	return "changes, but none to " + resourceAddress
}

// requests shows the requests that the API got.
func (s *story) requests(requests []emulator.Request) {
	for _, r := range requests {
		s.printf("     API: %s", r.Summary())
	}
}

// claim is a sentence about the provider, and whether it is true.
type claim struct {
	holds bool
	text  string
}

func claimf(holds bool, format string, args ...any) claim {
	return claim{holds, fmt.Sprintf(format, args...)}
}

// check shows the claims. It stops at the first one that does not hold, and returns
// it as the error.
func (s *story) check(claims ...claim) error {
	for _, c := range claims {
		if !c.holds {
			s.printf("   ✗ %s", c.text)
			return fmt.Errorf("this does not hold: %s", c.text)
		}
		s.printf("   ✓ %s", c.text)
	}
	return nil
}

func (s *story) closing(rotations, requests int, took time.Duration) {
	s.printf("\nEverything held: %d rotations by %d requests, and no secret was lost. It took %s.",
		rotations, requests, took.Round(100*time.Millisecond))
}
