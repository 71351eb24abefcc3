// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// chapter is a part of the file of messages.
type chapter struct {
	title   string
	entries []entry
}

// entry is something that happens, and what people are told of it.
type entry struct {
	happens string
	tell    func(t *testing.T) string
}

// TestMessages compares all that the provider says with testdata/messages.txt,
// where it can be read as people read it. Accept a change with -update.
func TestMessages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs no Terraform, but takes as long as all the tests of -short")
	}
	chapters := []chapter{
		{"A request for a new secret", outcomeMessages()},
		{"Plans of a new secret", rotationPlanMessages()},
		{"A state that is refreshed", refreshMessages()},
		{"States of another integrator or endpoint", foreignMessages()},
		{"Applies and imports", applyMessages()},
		{"The recovery folder", append(recoveryMessages(), folderMessages()...)},
		{"Webhooks", webhookMessages()},
		{"What is read and opened", readMessages()},
		{"Without integrator_secret", secretlessMessages()},
		{"Settings and arguments", settingMessages(t)},
	}
	told := make([][]string, len(chapters))
	t.Run("all", func(t *testing.T) {
		for i, c := range chapters {
			told[i] = make([]string, len(c.entries))
			for j, e := range c.entries {
				t.Run(e.happens, func(t *testing.T) {
					t.Parallel()
					told[i][j] = e.tell(t)
				})
			}
		}
	})
	if t.Failed() {
		return
	}
	var text strings.Builder
	for i, c := range chapters {
		_, _ = fmt.Fprintf(&text, "%s\n%s\n", c.title, strings.Repeat("=", len(c.title)))
		for j, e := range c.entries {
			_, _ = fmt.Fprintf(&text, "\n%s\n%s\n\n%s", e.happens, strings.Repeat("-", len(e.happens)), told[i][j])
		}
		text.WriteString("\n")
	}
	compareGolden(t, messagesFile(), text.String())
}

func messagesFile() string { return filepath.Join("testdata", "messages.txt") }

// onUnix is an entry of what does not happen on Windows. There, what the file tells
// of it stays.
func onUnix(e entry) entry {
	if runtime.GOOS != "windows" {
		return e
	}
	return entry{e.happens, func(t *testing.T) string {
		t.Helper()
		_, text, found := strings.Cut(golden(t, messagesFile()), "\n"+e.happens+"\n"+strings.Repeat("-", len(e.happens))+"\n\n")
		told, _, ends := strings.Cut(text, "\n\n\n")
		if !found || !ends {
			t.Errorf("%s does not have it", messagesFile())
		}
		return told + "\n\n"
	}}
}

// message is an entry of what the last command of a session tells.
func message(happens string, play func(s *session)) entry {
	return entry{happens, func(t *testing.T) string {
		t.Helper()
		s := newSession(t)
		play(s)
		return s.shown()
	}}
}

// shown is what the last command has told, one diagnostic after the other.
func (s *session) shown() string {
	s.t.Helper()
	var text strings.Builder
	for _, d := range s.told {
		if d.From == protocol.Core {
			s.t.Errorf("%s: %s", d.Summary, d.Detail)
		}
		severity := "Warning"
		if d.Error {
			severity = "Error"
		}
		_, _ = fmt.Fprintf(&text, "%s: %s\n", severity, d.Summary)
		if d.Attribute != "" {
			_, _ = fmt.Fprintf(&text, "  with %s\n", d.Attribute)
		}
		for line := range strings.Lines(strings.TrimSuffix("\n"+d.Detail, "\n") + "\n") {
			text.WriteString(strings.TrimRight("  "+line, " \n") + "\n")
		}
		text.WriteString("\n")
	}
	if len(s.told) == 0 {
		text.WriteString("(nothing)\n\n")
	}
	s.expectNoSecret(text.String())
	return s.mask(text.String())
}

// expectNoSecret looks for everything that is secret in this session.
func (s *session) expectNoSecret(text string) {
	s.t.Helper()
	secrets := append(s.Secrets(), s.getenv(configured), s.getenv("INTEGRATOR_USER_API_KEY"), s.getenv(ageKey), wrong, payloadSecret)
	for _, name := range []string{"integrator_secret", "user_api_key", "age_identity"} {
		value, _ := s.settings[name].(string)
		secrets = append(secrets, value)
	}
	for _, token := range s.Tokens() {
		secrets = append(secrets, token.Value)
	}
	for i, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			s.t.Errorf("secret %d is shown", i)
		}
	}
}

// mask puts words in the place of what differs from run to run, and from system
// to system.
func (s *session) mask(text string) string {
	for _, m := range []struct{ pattern, word string }{
		{regexp.QuoteMeta(s.URL()), "<endpoint>"},
		{regexp.QuoteMeta(s.dir), "<recovery_dir>"},
		{regexp.QuoteMeta(s.workingDir) + `[\\/]\.terraform[\\/]integrator[\\/]default`, "<recovery folder>"},
		{`[\\/]integrator-[0-9a-f]{16}(-[0-9a-f]{16})?\.`, "/<file>."},
		{`\b[0-9a-f]{16}\b`, "<fingerprint>"},
		{`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, "<id>"},
		{`Root=1-[0-9a-f]{8}-[0-9a-f]{24}`, "Root=<id>"},
		{`127\.0\.0\.1:\d{5}`, "<address>"},
		{`\b[0-9a-f]{24}\b`, "<webhook id>"},
		{`(open|read|rename|remove|mkdir) <recovery(_dir| folder)>[^:]*: [^\n.)]+\.?([.)])`, "<what the system says>$3"},
		{`x509: [^\n.]+\.`, "x509: <what the system says>."},
		{`connectex?: [^\n]*refused[^\n]*\.`, "connect: connection refused."},
	} {
		text = regexp.MustCompile(m.pattern).ReplaceAllString(text, m.word)
	}
	return text
}
