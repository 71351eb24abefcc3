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
			return a.makeNew(in.GracePeriod), nil
		}
	}
	return nil, &apisecret.RegenerateError{Outcome: apisecret.SecretRefused, Err: apisecret.ErrRefused}
}

func (a *fakeAPI) makeNew(grace time.Duration) *apisecret.RegeneratedSecret {
	made := &apisecret.RegeneratedSecret{Secret: apisecret.New(fmt.Sprintf("new-%d", len(a.posts))), ObtainedAt: a.clock()}
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
	entry       *recovery.Entry
	replies     []string
	read, write error // what goes wrong
}

func (s *fakeStore) Load() (*recovery.Entry, error) { return s.entry, s.read }

func (s *fakeStore) Save(entry recovery.Entry) error {
	if s.write == nil {
		s.entry = &entry
	}
	return s.write
}

func (s *fakeStore) SaveIfNone(entry recovery.Entry) error {
	if s.entry != nil {
		return nil
	}
	return s.Save(entry)
}

func (s *fakeStore) SaveReply(body []byte) (string, error) {
	s.replies = append(s.replies, string(body))
	return "reply-1", s.write
}

func (s *fakeStore) Remove() error {
	if s.write == nil {
		s.entry = nil
	}
	return s.write
}

// entryOf is the recovery entry of a secret that a run made that knew these.
func entryOf(secret string, known ...string) *recovery.Entry {
	entry := &recovery.Entry{Secret: secret, Fingerprint: fingerprint(secret), Triggers: Triggers{}.fingerprint()}
	for _, k := range known {
		entry.Known = append(entry.Known, fingerprint(k))
	}
	return entry
}

// sealedEntryOf is the same, encrypted for alice.
func sealedEntryOf(secret string, known ...string) *recovery.Entry {
	entry := entryOf(secret, known...)
	entry.Secret, entry.EncryptedSecret = "", "for alice:"+secret
	return entry
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
