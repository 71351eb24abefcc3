// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// fakeAPI answers probes from a map, and makes new-1, new-2 … for a signer that it
// accepts.
type fakeAPI struct {
	mu         sync.Mutex
	answers    map[string]error // what it says of a secret; it refuses those that are not there
	regenerate func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error)
	clock      func() time.Time

	probed []string
	posts  []apisecret.RegenerateInput
	used   []string
}

func (a *fakeAPI) Probe(ctx context.Context, secret apisecret.Secret) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.probed = append(a.probed, secret.Reveal())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return a.say(secret)
}

func (a *fakeAPI) say(secret apisecret.Secret) error {
	if err, known := a.answers[secret.Reveal()]; known {
		return err
	}
	return fmt.Errorf("401: %w", apisecret.ErrRefused)
}

func (a *fakeAPI) RegenerateSecret(_ context.Context, in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posts = append(a.posts, in)
	if a.regenerate != nil {
		return a.regenerate(in)
	}
	for _, s := range in.Signers {
		if a.say(s) == nil {
			made := a.makeNew(in.GracePeriod)
			made.SignedWith = s
			return made, nil
		}
	}
	return nil, &apisecret.RegenerateError{Outcome: apisecret.SecretRefused, Err: apisecret.ErrRefused}
}

func (a *fakeAPI) makeNew(grace time.Duration) *apisecret.RegeneratedSecret {
	made := &apisecret.RegeneratedSecret{Secret: apisecret.New(fmt.Sprintf("new-%d", len(a.posts))), SentAt: a.clock(), ObtainedAt: a.clock()}
	if grace > 0 {
		made.OldSecretExpiresAt = a.clock().Add(grace)
	} else {
		a.answers = map[string]error{}
	}
	a.answers[made.Secret.Reveal()] = nil
	return made
}

func (a *fakeAPI) Use(secret apisecret.Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used = append(a.used, secret.Reveal())
}

// fakeStore is a recovery folder in memory.
type fakeStore struct {
	mu                   sync.Mutex
	found                []recovery.Found
	replies              []recovery.Copy
	reserved             []string
	read                 []error
	room, write, exposed error // what goes wrong
}

func (s *fakeStore) Load() ([]recovery.Found, []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.found), s.read
}

func (s *fakeStore) Reserve(with []string) (Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reserved = with
	return reservation{s}, s.room
}

// reservation is room in a fakeStore, which never runs out of it.
type reservation struct{ *fakeStore }

func (reservation) Release() {}

// Save puts the newest first, as Load is to give them.
func (s *fakeStore) Save(record recovery.Record, copies []recovery.Copy) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write != nil {
		return s.write
	}
	for i := range copies {
		copies[i].Path = "file-of-" + record.Fingerprint
	}
	if i := s.index(record.Fingerprint); i >= 0 {
		copies = append(s.found[i].Copies, copies...)
		s.found = slices.Delete(s.found, i, i+1)
	}
	s.found = append([]recovery.Found{{Record: record, Copies: copies}}, s.found...)
	slices.SortStableFunc(s.found, func(a, b recovery.Found) int { return b.SentAt.Compare(a.SentAt) })
	return nil
}

func (s *fakeStore) SaveReply(copies []recovery.Copy) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies = append(s.replies, copies...)
	return slices.Repeat([]string{"reply-1"}, len(copies)), s.write
}

func (s *fakeStore) Keep(found recovery.Found) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		s.found = slices.Clone(s.found) // what was loaded stays as it was
		s.found[s.index(found.Fingerprint)].Kind = recovery.Kept
	}
	return s.write
}

func (s *fakeStore) Remove(found recovery.Found) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		i := s.index(found.Fingerprint)
		s.found = slices.Delete(slices.Clone(s.found), i, i+1)
	}
	return s.write
}

func (s *fakeStore) Exposed() error { return s.exposed }

func (s *fakeStore) index(fingerprint string) int {
	return slices.IndexFunc(s.found, func(f recovery.Found) bool { return f.Fingerprint == fingerprint })
}

// holds lists the fingerprints of what the folder holds.
func (s *fakeStore) holds() (all []string) {
	for _, f := range s.found {
		all = append(all, f.Fingerprint)
	}
	return all
}

// made is the entry of a secret that a run made a minute ago, which the others had
// signed, or followed: the last one signed and was in state. They open it.
func (f *fixture) made(secret string, others ...string) recovery.Found {
	found := recovery.Found{Record: recovery.Record{
		Kind: recovery.Made, Fingerprint: fingerprint(secret), Triggers: Triggers{}.fingerprint(),
		SentAt: f.now.Add(-time.Minute), ObtainedAt: f.now.Add(-time.Minute),
		Superseded: fingerprints(others...),
	}}
	for _, other := range others {
		found.SignedBy, found.InState = fingerprint(other), fingerprints(other)
		found.Copies = append(found.Copies, recovery.Copy{With: fingerprint(other), Ciphertext: "with " + other + ":" + secret, Path: "file-of-" + found.Fingerprint})
	}
	return found
}

// forAlice is the same entry, which only alice opens.
func forAlice(found recovery.Found, secret string) recovery.Found {
	found.Copies = []recovery.Copy{{Ciphertext: "for alice:" + secret, Path: "file-of-" + found.Fingerprint}}
	return found
}

// fakeSealWith seals with a passphrase.
func fakeSealWith(passphrase apisecret.Secret) (func(apisecret.Secret) string, error) {
	return func(secret apisecret.Secret) string { return "with " + passphrase.Reveal() + ":" + secret.Reveal() }, nil
}

func fakeOpenWith(ciphertext string, passphrase apisecret.Secret) (string, error) {
	secret, sealed := strings.CutPrefix(ciphertext, "with "+passphrase.Reveal()+":")
	if !sealed {
		return "", errors.New("sealed with another passphrase")
	}
	return secret, nil
}

// fakeSeal encrypts for names, of which mallory is none.
func fakeSeal(recipients []string) (func(apisecret.Secret) string, error) {
	if slices.Contains(recipients, "mallory") {
		return nil, errors.New("no such recipient")
	}
	return func(secret apisecret.Secret) string {
		if len(recipients) == 0 {
			return ""
		}
		return "for " + strings.Join(recipients, ",") + ":" + secret.Reveal()
	}, nil
}

func openWith(key string) func(string) (string, error) {
	return func(ciphertext string) (string, error) {
		recipients, secret, _ := strings.Cut(strings.TrimPrefix(ciphertext, "for "), ":")
		if !slices.Contains(strings.Split(recipients, ","), key) {
			return "", errors.New("not encrypted for this key")
		}
		return secret, nil
	}
}
