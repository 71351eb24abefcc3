// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guide is the page that explains the messages, and guideSource what it is made from.
const (
	guide       = "docs/guides/when-things-go-wrong.md"
	guideSource = "templates/guides/when-things-go-wrong.md"
)

// TestMessagesAreExplained compares what the provider says with the guide that
// explains it, in both directions.
func TestMessagesAreExplained(t *testing.T) {
	t.Parallel()
	text := readPages(t)[guide].text
	said := summaries(t)
	for _, summary := range said {
		if !explains(text, summary) {
			t.Errorf("%q is on no page: explain it in %s, and type: make generate", summary, guideSource)
		}
	}
	explained := regexp.MustCompile(`(?m)^### (.+)\n\n\*\*What happened:\*\*`)
	for _, match := range explained.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(said, match[1]) {
			t.Errorf("%q is explained, but the provider never says it: edit %s, and type: make generate", match[1], guideSource)
		}
	}
}

// TestErrorsNameTheirSection looks for the anchor at the end of each error in the
// guide: before the heading of the section that explains the error, and nowhere else.
func TestErrorsNameTheirSection(t *testing.T) {
	t.Parallel()
	page := readPages(t)[guide]
	for _, m := range messages(t) {
		switch {
		case strings.HasSuffix(m.function, "Warning") || strings.HasSuffix(m.function, "WarningDiagnostic"):
			continue
		case !strings.Contains(strings.ToLower(m.function), "explained") && m.function != "callFailed":
			if !slices.Contains(bugs(), m.summary) {
				t.Errorf("%s(%q) says nothing of where it is explained: use explainedError or explainedAttributeError", m.function, m.summary)
			}
			continue
		}
		section := sectionAt(page.text, m.anchor)
		switch count := countOf(page.anchors, m.anchor); {
		case section == "":
			t.Errorf(`the error %q leads to #%s: write <a id="%[2]s"></a> on the line before the heading that explains it in %s, and type: make generate`, m.summary, m.anchor, guideSource)
		case count != 1:
			t.Errorf("#%s is %d times on the page %s", m.anchor, count, guideSource)
		case m.summary != "" && !explains(section, m.summary):
			t.Errorf("the error %q leads to #%s of %s, which explains something else", m.summary, m.anchor, guideSource)
		}
	}
}

// sectionAt is the section under the heading that an anchor is before, "" if there is
// none.
func sectionAt(text, anchor string) string {
	_, text, _ = strings.Cut(text, "\n<a id=\""+anchor+"\"></a>\n#")
	if text == "" {
		return ""
	}
	section, _, _ := strings.Cut("\n#"+text, "\n\n#")
	return section + "\n"
}

func countOf(texts []string, text string) int {
	count := 0
	for _, t := range texts {
		if t == text {
			count++
		}
	}
	return count
}

// explains reports whether a text has the message, as a heading or within.
func explains(text, summary string) bool {
	return strings.Contains(text, "\n### "+summary+"\n") || strings.Contains(text, "`"+summary+"`")
}
