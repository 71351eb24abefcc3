// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"fmt"
	"testing"
)

func TestMemoryIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	full := Memory{
		History:     History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: []string{"a", "b"}},
		RotationDue: true,
		AdoptionDue: "c",
		Planned:     LeaveOpen,
		Replacing:   true,
		Unwarned:    true,
	}
	for _, memory := range []Memory{full, {}, {History: full.History}, {RotationDue: true}, {AdoptionDue: "c"}, {Planned: Rotate}, {Replacing: true}, {Unwarned: true}} {
		content, err := memory.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeMemory(content)
		if err != nil {
			t.Fatal(err)
		}
		same(t, string(content), read, memory)
	}
}

func TestNothingIsWrittenOfNoMemory(t *testing.T) {
	t.Parallel()
	if content, err := (Memory{}).Encode(); content != nil || err != nil {
		t.Errorf("got %q, %v", content, err)
	}
}

func TestMemoryThatCannotBeRead(t *testing.T) {
	t.Parallel()
	if _, err := DecodeMemory([]byte(`{"planned":`)); err == nil {
		t.Error("no error")
	}
}

func TestHistoryExtend(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range maxSuperseded + 3 {
		many = append(many, fmt.Sprint(i))
	}
	for name, c := range map[string]struct {
		before, older, want []string
	}{
		"the oldest first":           {[]string{"a"}, []string{"b", "c"}, []string{"a", "b", "c"}},
		"each only once, at the end": {[]string{"a", "x", "b"}, []string{"b", "a", "c", "c"}, []string{"x", "b", "a", "c"}},
		"none that is not known":     {[]string{"a"}, []string{"", "b"}, []string{"a", "b"}},
		"never the secret itself":    {[]string{"a", "new"}, []string{"b", "new"}, []string{"a", "b"}},
		"the newest, if there many":  {many[:maxSuperseded], many[maxSuperseded:], many[3:]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: c.before}
			untouched := append([]string{}, c.before...)
			after := before.extend("new", c.older, nil)
			same(t, "after", after, History{IntegratorKey: ourKey, Endpoint: ourEndpoint, Superseded: c.want})
			equal(t, "before", before.Superseded, untouched)
			for _, f := range c.want {
				same(t, "supersedes "+f, after.Supersedes(f), true)
			}
			same(t, "supersedes itself", after.Supersedes("new"), false)
		})
	}
}

// A secret that was only configured is superseded, but it may be a dummy.
func TestHistoryNamesWhatIsProven(t *testing.T) {
	t.Parallel()
	history := History{}.extend("new", []string{"old", "dummy"}, []string{"dummy", "another"})
	same(t, "names a proven one", history.Names("old"), true)
	same(t, "names a dummy", history.Names("dummy"), false)
	same(t, "the dummy is superseded", history.Supersedes("dummy"), true)
	equal(t, "unproven", history.Unproven, []string{"dummy"})
	same(t, "a dummy that turns out to be none", history.extend("newer", []string{"dummy"}, nil).Names("dummy"), true)
	same(t, "a dummy that stays one", history.extend("newer", []string{"new", "dummy"}, []string{"dummy"}).Names("dummy"), false)
	same(t, "what was proven stays so", history.extend("newer", []string{"old"}, []string{"old"}).Names("old"), true)
	var many []string
	for i := range maxSuperseded {
		many = append(many, fmt.Sprint(i))
	}
	equal(t, "a dummy that is forgotten", history.extend("newest", many, nil).Unproven, nil)
}
