// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// The published pause stops a rotation by age, and its end makes up for it.
// ignore_changes stops none: it hides changes of the configuration, and the age is none.
func TestPause(t *testing.T) {
	t.Parallel()
	example := publishedExamples(t)["pause/main.tf"]
	c := newCLI(t, emulator.Options{}, example)
	c.terraform(0, "apply", "-auto-approve")
	ageState(t, c.stateFile(), 31)

	rotates := func(plan string) bool { return strings.Contains(plan, "~ secret ") }
	ignoring := func(what string) string {
		const grace = "old_secret_valid_for_seconds = 300\n"
		return strings.Replace(example, grace, grace+"  lifecycle { ignore_changes = "+what+" }\n", 1)
	}
	paused := []string{"-var=paused=true", "-detailed-exitcode"}

	c.write(ignoring("all"))
	if !rotates(c.terraform(2, "plan", "-detailed-exitcode")) {
		t.Error("ignore_changes pauses the rotation")
	}
	c.write(ignoring("[rotate_after_days]"))
	if !rotates(c.terraform(2, "plan", paused...)) {
		t.Error("ignore_changes lets the pause through")
	}
	c.write(example)
	if rotates(c.terraform(2, "plan", paused...)) {
		t.Error("the pause rotates")
	}
	c.terraform(0, "apply", "-auto-approve", "-var=paused=true")
	c.terraform(0, "plan", paused...)
	c.expectRotations(1)
	c.terraform(0, "apply", "-auto-approve")
	c.expectRotations(2)
}

func TestIgnoredTriggers(t *testing.T) {
	t.Parallel()
	config := func(trigger, ignored string) string {
		return secretResource("rotate_when_changed = { v = " + trigger + " }\nlifecycle { ignore_changes = [" + ignored + "] }")
	}
	c := newCLI(t, emulator.Options{}, config("1", ""))
	c.terraform(0, "apply", "-auto-approve")
	c.write(config("2", "rotate_when_changed"))
	c.terraform(0, "plan", "-detailed-exitcode")
	c.write(config("2", ""))
	c.terraform(2, "plan", "-detailed-exitcode")
}
