// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// message is what a call in the provider's code says. Both texts are "" where they are
// not constant.
type message struct {
	function string // that is called
	anchor   string // of the section that explains it
	summary  string // the first line
}

// bugs are messages about those in the provider: nothing that happens outside brings
// them about.
func bugs() []string {
	return []string{"Unexpected provider data", "Unexpected event", "Unreadable private state", "Unwritable private state"}
}

// TestMessagesAreShown looks for each of the provider's messages in the file where
// they can be read as people read them.
func TestMessagesAreShown(t *testing.T) {
	t.Parallel()
	const file = "internal/provider/testdata/messages.txt"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n")
	said := summaries(t)
	for _, summary := range said {
		shown := slices.Contains(lines, "Error: "+summary) || slices.Contains(lines, "Warning: "+summary)
		switch bug := slices.Contains(bugs(), summary); {
		case bug && shown:
			t.Errorf("%q is no bug of the provider: %s shows what brings it about", summary, file)
		case !bug && !shown:
			t.Errorf("%q is not in %s: add what brings it about to internal/provider/messages_*_test.go, and type: "+
				"go test ./internal/provider -run '^TestMessages$' -update", summary, file)
		}
	}
	for _, bug := range bugs() {
		if !slices.Contains(said, bug) {
			t.Errorf("the provider never says %q", bug)
		}
	}
}

// summaries are the first lines of the provider's messages, as far as they are
// constant.
func summaries(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, m := range messages(t) {
		if m.summary != "" {
			found = append(found, m.summary)
		}
	}
	return found
}

// messages are what the provider says.
func messages(t *testing.T) []message {
	t.Helper()
	files, err := filepath.Glob("internal/provider/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []message
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || filepath.Base(file) == "explained.go" { // it makes what the others say
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			if call, isCall := node.(*ast.CallExpr); isCall {
				if m, speaks := messageOf(call); speaks {
					found = append(found, m)
				}
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatal("no message was found")
	}
	return found
}

// messageOf is what a call says, if it is one that says something.
func messageOf(call *ast.CallExpr) (message, bool) {
	var m message
	switch function := call.Fun.(type) {
	case *ast.Ident:
		m.function = function.Name
	case *ast.SelectorExpr:
		m.function = function.Sel.Name
	}
	switch m.function { // the anchor and the summary have their places among the arguments
	case "explainedError":
		m.anchor, m.summary = constant(call.Args[0]), constant(call.Args[1])
	case "explainedAttributeError":
		m.anchor, m.summary = constant(call.Args[1]), constant(call.Args[2])
	case "callFailed": // has one section for all that it says
		m.anchor, m.summary = "call-failed", constant(call.Args[0])
	case "NewErrorDiagnostic", "NewWarningDiagnostic", "AddError", "AddWarning":
		m.summary = constant(call.Args[0])
	case "NewAttributeErrorDiagnostic", "NewAttributeWarningDiagnostic", "AddAttributeError", "AddAttributeWarning":
		m.summary = constant(call.Args[1])
	default:
		return message{}, false
	}
	return m, true
}

// constant is the text that an argument is, "" for one that is computed.
func constant(argument ast.Expr) string {
	literal, isLiteral := argument.(*ast.BasicLit)
	if !isLiteral {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value) // "" for a number too
	return text
}
