// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"slices"
	"time"
)

// secret is a secret of the integrator, valid or not.
type secret struct {
	value   string
	expiry  time.Time // zero if there is none
	revoked bool      // stays true even if the clock is set back before the expiry
}

func (x secret) live(now time.Time) bool {
	return !x.revoked && (x.expiry.IsZero() || now.Before(x.expiry))
}

// secretKind begins the secrets that the emulator makes.
const secretKind = "sk_test_"

func randomSecret() string { return secretKind + rand.Text() }

// Secret returns the newest secret.
func (s *Server) Secret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[s.newest()].value
}

// Secrets returns all secrets in the order in which they were made, also those that
// are not valid any more.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var values []string
	for _, x := range s.secrets {
		values = append(values, x.value)
	}
	return values
}

// Accepts reports whether the API would accept a GET signed with the secret now.
func (s *Server) Accepts(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepts(s.find(value))
}

// Rotate replaces the newest secret and returns the new one, as if somebody
// regenerated the secret elsewhere. It adds no [Request] to the record.
func (s *Server) Rotate(grace time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, _ := s.rotate(grace)
	return value
}

// Revoke makes a secret invalid at once.
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

// rotate makes a secret and returns it with the expiry of the secret that it
// replaces. That is always the newest one, even if another one signed.
func (s *Server) rotate(grace time.Duration) (value string, expiry time.Time) {
	if s.options.DropOldestOnRegenerate {
		for i := range s.newest() {
			s.secrets[i].revoked = true
		}
	}

	replaced := &s.secrets[s.newest()]
	if grace > 0 {
		// The reply has milliseconds.
		replaced.expiry = s.now().Add(grace).Truncate(time.Millisecond)
	} else {
		replaced.revoked = true
	}
	expiry = replaced.expiry

	value = randomSecret()
	s.secrets = append(s.secrets, secret{value: value})
	return value, expiry
}
