// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"flag"
	"slices"
	"strings"
)

// kind is a kind of event, or a rule that the provider is to keep. A scenario names
// those that it has, so that a finding can be looked for with few of them.
type kind string

// The events.
const (
	severalMachines kind = "machines"     // with nets of their own
	workspaces      kind = "workspaces"   // two, that share folders
	orphans         kind = "orphans"      // provider processes that outlive their Terraform
	dependencies    kind = "dependencies" // that fail between Delete and Create
	forgotten       kind = "forgotten"    // objects, without a Delete
	recipients      kind = "recipients"   // and runs without the key
)

// The rules.
const (
	// defaultNets are there where nobody has chosen a folder.
	defaultNets kind = "defaults"
	// sealedNets hold no plaintext, and are sealed with no dummy.
	sealedNets kind = "sealed"
	// keptSecrets are those of objects that are destroyed or replaced: the net holds
	// them from then on.
	keptSecrets kind = "kept"
	// markedEntries are those whose secret Terraform has shown from a state: they are
	// never again taken for the outcome of a rotation.
	markedEntries kind = "marked"
	// orderedSecrets never go back: no secret takes the place of a newer live one, or
	// is preferred to a newer one that is configured and accepted.
	orderedSecrets kind = "ordered"
	// plainImports take the configured secret and nothing else.
	plainImports kind = "imports"
	// trueWords say nothing of an unchanged state that has just lost its secret.
	trueWords kind = "words"
)

func allKinds() []kind {
	return []kind{
		severalMachines, workspaces, orphans, dependencies, forgotten, recipients,
		defaultNets, sealedNets, keptSecrets, markedEntries, orderedSecrets, plainImports, trueWords,
	}
}

// kindsFlag is the flag that names the kinds to be played, such as
// "all,-sealed" or "machines,ordered".
const kindsFlag = "kinds"

// toldKinds are those that the flag names.
func toldKinds() []kind { return parseKinds(flag.Lookup(kindsFlag).Value.String()) }

func parseKinds(text string) (kinds []kind) {
	for name := range strings.SplitSeq(text, ",") {
		without, removes := strings.CutPrefix(name, "-")
		switch {
		case name == "all":
			kinds = append(kinds, allKinds()...)
		case removes:
			kinds = slices.DeleteFunc(kinds, func(k kind) bool { return string(k) == without })
		case name != "":
			kinds = append(kinds, kind(name))
		}
	}
	return kinds
}

func (s scenario) has(k kind) bool { return slices.Contains(s.Kinds, k) }
