// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// occasion is how a new secret comes to be asked for, and what there is for recovery.
type occasion struct {
	name       string
	grace      int
	recovery   bool
	recipients bool
	creates    bool
	replaces   func(*block)
}

func occasions() (all []occasion) {
	for _, seconds := range []int{0, 300} {
		name := fmt.Sprintf("in place, grace period %d", seconds)
		all = append(all,
			occasion{name: name + ", without recovery_dir", grace: seconds},
			occasion{name: name + ", with recovery_dir", grace: seconds, recovery: true},
			occasion{name: name + ", with recovery_dir and recipients", grace: seconds, recovery: true, recipients: true})
	}
	return append(all,
		occasion{name: "creation", grace: 300, creates: true},
		occasion{name: "replacement, with recovery_dir", grace: 300, recovery: true, replaces: func(b *block) { b.replace = true }},
		occasion{name: "replacement with create_before_destroy", grace: 300, replaces: func(b *block) { b.replace, b.createFirst = true, true }})
}

// outcome is what becomes of the requests for a new secret, one after the other.
type outcome struct {
	happens  string
	faults   []emulator.Fault
	endpoint func(t *testing.T) string // nil for the API
	settings map[string]any            // for the apply
	skew     time.Duration             // of the API's clock, from the apply on
}

// outcomeMessages has an entry for each outcome. Occasions on which people are told
// the same share one text.
func outcomeMessages() (entries []entry) {
	for _, o := range outcomes() {
		entries = append(entries, entry{o.happens, func(t *testing.T) string {
			t.Helper()
			told := make([]string, len(occasions()))
			var all sync.WaitGroup // at once, for some of them wait
			for i, on := range occasions() {
				all.Go(func() {
					t.Run(on.name, func(t *testing.T) { told[i] = o.tell(t, on) })
				})
			}
			all.Wait()
			return grouped(told)
		}})
	}
	return entries
}

func (o outcome) tell(t *testing.T, on occasion) string {
	t.Helper()
	s := newSession(t)
	if o.endpoint != nil {
		s.setenv("INTEGRATOR_ENDPOINT", o.endpoint(t))
	}
	if on.recovery {
		s.settings["recovery_dir"] = s.dir
	}
	secret := s.apiSecret(args{grace: on.grace})
	if on.recipients {
		key := newKey(t)
		s.setenv(ageKey, key.identity)
		secret.config["recipients"] = []string{key.recipient}
	}
	if !on.creates {
		s.adopt(secret)
		secret.rotate()
	}
	if on.replaces != nil {
		on.replaces(secret)
	}
	plan := s.mustPlan()
	s.told = nil
	for _, fault := range o.faults {
		s.Inject(onRotation(fault))
	}
	for name, value := range o.settings {
		s.settings[name] = value
	}
	s.SetSkew(o.skew)
	s.carryOut(plan)
	return s.shown()
}

// adopt stores the configured secret, without a request.
func (s *session) adopt(secret *block) {
	s.t.Helper()
	s.settings["skip_credentials_validation"] = true
	if !s.importID(secret, s.Key()) || !s.apply() {
		s.t.Fatalf("the secret was not adopted: %v", s.told)
	}
	delete(s.settings, "skip_credentials_validation")
}

// grouped puts the occasions above the text that is told on them.
func grouped(told []string) string {
	var groups []string
	names := map[string][]string{}
	for i, on := range occasions() {
		if names[told[i]] == nil {
			groups = append(groups, told[i])
		}
		names[told[i]] = append(names[told[i]], on.name)
	}
	var text strings.Builder
	for _, group := range groups {
		for _, name := range merged(names[group]) {
			text.WriteString("[" + name + "]\n")
		}
		text.WriteString("\n" + group)
	}
	return text.String()
}

// merged shortens a list of occasions: where it holds all that begin with the same
// words, those words stand for them.
func merged(names []string) []string {
	for _, prefix := range []string{"in place", "in place, grace period 0", "in place, grace period 300"} {
		begins := func(name string) bool { return strings.HasPrefix(name, prefix+",") }
		all := 0
		for _, on := range occasions() {
			if begins(on.name) {
				all++
			}
		}
		first := slices.IndexFunc(names, begins)
		rest := slices.DeleteFunc(slices.Clone(names), begins)
		if first >= 0 && len(names)-len(rest) == all {
			names = slices.Insert(rest, min(first, len(rest)), prefix)
		}
	}
	return names
}

func at(endpoint string) func(*testing.T) string {
	return func(*testing.T) string { return endpoint }
}

// plainPort is a server that is called with https and speaks http.
func plainPort(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http:", "https:", 1)
}

// untrusted is a server whose certificate no authority has signed.
func untrusted(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}
