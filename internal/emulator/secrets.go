// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"slices"
	"time"
)

// secret is one that was issued, dead or alive.
type secret struct {
	value   string
	expiry  time.Time // zero: has none
	revoked bool      // apart from expiry, for a clock set back revives nothing
}

func (x secret) live(now time.Time) bool {
	return !x.revoked && (x.expiry.IsZero() || now.Before(x.expiry))
}

func randomSecret() string {
	return "sk_test_" + rand.Text()
}

// Secret is the newest secret.
func (s *Server) Secret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[s.newest()].value
}

// Secrets are all that were issued, in order of issue, dead ones too.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var values []string
	for _, x := range s.secrets {
		values = append(values, x.value)
	}
	return values
}

// Accepts tells whether a GET signed with the secret would be accepted now.
func (s *Server) Accepts(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepts(s.find(value))
}

// Rotate replaces the newest secret and returns its successor, as when
// somebody regenerates the secret elsewhere. It leaves no Request behind.
func (s *Server) Rotate(grace time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, _ := s.rotate(grace)
	return value
}

// Revoke kills a secret at once.
func (s *Server) Revoke(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(value); i >= 0 {
		s.secrets[i].revoked = true
	}
}

// The server must be locked for what follows.

func (s *Server) newest() int { return len(s.secrets) - 1 }

func (s *Server) find(value string) int {
	return slices.IndexFunc(s.secrets, func(x secret) bool { return x.value == value })
}

func (s *Server) accepts(index int) bool {
	return index >= 0 && s.secrets[index].live(s.now())
}

// rotate issues a secret and returns it with the expiry of the one that it
// replaces, which is always the newest, whichever signed.
func (s *Server) rotate(grace time.Duration) (value string, expiry time.Time) {
	if s.options.DropOldestOnRegenerate {
		for i := range s.newest() {
			s.secrets[i].revoked = true
		}
	}

	replaced := &s.secrets[s.newest()]
	if grace > 0 {
		// No finer than the reply can say.
		replaced.expiry = s.now().Add(grace).Truncate(time.Millisecond)
	} else {
		replaced.revoked = true
	}
	expiry = replaced.expiry

	value = randomSecret()
	s.secrets = append(s.secrets, secret{value: value})
	return value, expiry
}
