// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// page is a Markdown file of this repository.
type page struct {
	name      string
	text      string   // without fenced blocks
	languages []string // of fenced blocks
	blocks    []string // fenced ones in the language terraform
	anchors   []string
}

var (
	fenced  = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	marked  = regexp.MustCompile(`<a id="([^"]+)"></a>`)
)

// TestLinks follows the links to pages of this repository, on GitHub and in the Registry.
func TestLinks(t *testing.T) {
	t.Parallel()
	const registry = "https://registry.terraform.io/providers/integrator/integrator/latest/docs/"
	pages := readPages(t)
	for _, p := range pages {
		for _, match := range link.FindAllStringSubmatch(p.text, -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			published, absolute := strings.CutPrefix(target, registry)
			switch {
			case absolute:
				target = "docs/" + published + ".md"
			case strings.Contains(target, "://"):
				continue
			case target == "":
				target = p.name
			default:
				target = path.Join(path.Dir(p.name), target)
			}
			inDocs := strings.HasPrefix(p.name, "docs/")
			switch _, err := os.Stat(target); {
			case err != nil:
				t.Errorf("%s links to %s: %v", p.name, match[1], err)
			case inDocs && !strings.HasPrefix(target, "docs/"):
				t.Errorf("%s links to %s: the Registry has docs/ only", p.name, match[1])
			case p.name == "docs/index.md" && !absolute:
				t.Errorf("%s links to %s: the Registry serves it at an address that relative links do not work from", p.name, match[1])
			case anchor != "" && !slices.Contains(pages[target].anchors, anchor):
				t.Errorf("%s links to %s: there is no such heading", p.name, match[1])
			}
		}
	}
}

// TestConfigurations checks the syntax and the format of what the pages show as
// Terraform configuration.
func TestConfigurations(t *testing.T) {
	t.Parallel()
	cli, folder, blocks := terraform.Require(t), t.TempDir(), 0
	for _, p := range readPages(t) {
		for i, block := range p.blocks {
			file := fmt.Sprintf("%s-%d.tf", strings.ReplaceAll(p.name, "/", "-"), i+1)
			if err := os.WriteFile(filepath.Join(folder, file), []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			blocks++
		}
	}
	if blocks == 0 {
		t.Fatal("no configuration was found")
	}
	output, exitCode, err := terraform.Run(cli.Command(t.Context(), folder, terraform.Environment(), "fmt", "-check", "-diff"))
	if err != nil || exitCode != 0 {
		t.Errorf("exit code %d, %v\n%s", exitCode, err, output)
	}
}

// TestPagesShowTheSame compares what pages repeat with its source, which the tests of
// the provider apply.
func TestPagesShowTheSame(t *testing.T) {
	t.Parallel()
	pages := readPages(t)
	for _, repeated := range []struct{ page, source string }{
		{"README.md", "examples/quick-start/main.tf"},
		{"docs/list-resources/webhook.md", "examples/list-resources/integrator_webhook/list-resource.tfquery.hcl"},
	} {
		source, err := os.ReadFile(repeated.source)
		if err != nil {
			t.Fatal(err)
		}
		blocks := pages[repeated.page].blocks
		if len(blocks) == 0 || blocks[0] != strings.ReplaceAll(string(source), "\r\n", "\n") {
			t.Errorf("the first configuration of %s is not that of %s", repeated.page, repeated.source)
		}
	}
}

// TestDrawings finds drawings that the Registry would show as source.
func TestDrawings(t *testing.T) {
	t.Parallel()
	for _, p := range readPages(t) {
		if strings.HasPrefix(p.name, "docs/") && slices.Contains(p.languages, "mermaid") {
			t.Errorf("%s has a drawing, which the Registry does not draw", p.name)
		}
	}
}

// readPages reads the Markdown files of the top level and of docs/, by name.
func readPages(t *testing.T) map[string]page {
	t.Helper()
	pages := map[string]page{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if entry.IsDir() && name != "." && name != "docs" && !strings.HasPrefix(name, "docs/") {
			return fs.SkipDir
		}
		if err != nil || path.Ext(name) != ".md" {
			return err
		}
		content, err := os.ReadFile(name)
		pages[name] = newPage(name, strings.ReplaceAll(string(content), "\r\n", "\n"))
		return err
	})
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return pages
}

func newPage(name, content string) page {
	p := page{name: name, text: fenced.ReplaceAllString(content, "")}
	for _, match := range fenced.FindAllStringSubmatch(content, -1) {
		p.languages = append(p.languages, match[1])
		if match[1] == "terraform" {
			p.blocks = append(p.blocks, match[2])
		}
	}
	for _, match := range heading.FindAllStringSubmatch(p.text, -1) {
		p.anchors = append(p.anchors, anchorOf(match[1]))
	}
	for _, match := range marked.FindAllStringSubmatch(p.text, -1) {
		p.anchors = append(p.anchors, match[1])
	}
	return p
}

// anchorOf is the anchor that GitHub gives to a heading.
func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
