// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package rotation decides when an integrator's API secret is rotated, and does
// it without losing one. It knows neither Terraform nor HTTP, and has no words
// for people: package provider translates what Terraform asks, and says what the
// [Event] values mean.
//
// One rotation takes this way through the package:
//
//   - [Rotator.Refresh] asks the API about the secret in state (refresh.go). What
//     it finds goes into the [Memory] that is kept with the secret (memory.go).
//   - [Rotator.Plan] works out the [Occasion] of the plan and lets [Decide] choose
//     the [Action] (plan.go, decision.go).
//   - [Rotator.Update] and [Rotator.Create] carry the action out, in another process
//     (apply.go): they rotate, resume an interrupted rotation or adopt a secret
//     (rotate.go).
//
// What the process has seen on this way is in one snapshot, [Seen] (seen.go).
package rotation

import (
	"context"
	"sync"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// API is what a rotation needs of the integrator API.
type API interface {
	// Probe asks whether the API accepts a secret. The error matches
	// apisecret.ErrRefused if it does not, and apisecret.ErrForbidden if it will not
	// say; after any other error the answer is not known.
	Probe(ctx context.Context, secret apisecret.Secret) error
	// RegenerateSecret makes a new secret. Its error is an
	// *apisecret.RegenerateError as soon as a request can have been sent.
	RegenerateSecret(ctx context.Context, in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error)
	// Use makes all later requests be signed with the secret.
	Use(secret apisecret.Secret)
}

// Store is the recovery folder.
type Store interface {
	// Load returns the entry, nil if there is none.
	Load() (*recovery.Entry, error)
	// Save puts an entry in the place of whatever is there, SaveIfNone only where
	// there is nothing.
	Save(entry recovery.Entry) error
	SaveIfNone(entry recovery.Entry) error
	// SaveReply keeps a reply without a readable secret, and returns where.
	SaveReply(body []byte) (path string, err error)
	// Remove deletes the entry, if there is one.
	Remove() error
}

// AgeIdentity opens secrets that were encrypted for it.
type AgeIdentity interface {
	// IsZero reports that there is no key, so that Open opens nothing.
	IsZero() bool
	Open(ciphertext string) (secret string, err error)
}

// Sealer encrypts one secret. What can fail about that has happened before
// there is one.
type Sealer interface {
	Seal(secret string) (ciphertext string, err error)
}

// Config is what a Rotator works with. All of it is required, except where a
// comment says otherwise.
type Config struct {
	// API is nil in a plan that does not know all of the provider's settings yet.
	// The next three are of no use then.
	API           API
	IntegratorKey string
	Endpoint      string           // base URL of the API
	Configured    apisecret.Secret // the provider's integrator_secret

	Store       Store // nil for none
	AgeIdentity AgeIdentity
	// Prepare returns a sealer for public keys; nil, and no error, for none.
	Prepare func(recipients []string) (Sealer, error)
	Clock   func() time.Time
	// Begin is told that a rotation is in flight, until done is called.
	Begin func() (done func())
	// SkipValidation forbids to ask the API about secrets, except where a rotation
	// would otherwise end one.
	SkipValidation bool
}

// Rotator rotates the secret of one integrator, in one process of the provider.
// It is safe for concurrent use.
type Rotator struct {
	config   Config
	rotating sync.Mutex // one rotation at a time, and the second is refused

	mu   sync.Mutex
	seen Seen

	probes probes
}

// New returns a Rotator that has seen nothing but the configured secret.
func New(config Config) *Rotator {
	return &Rotator{config: config, seen: Seen{Configured: config.Configured}}
}

// Seen returns what this process has seen so far.
func (r *Rotator) Seen() Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}

// learn replaces what this process has seen.
func (r *Rotator) learn(change func(Seen) Seen) Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = change(r.seen)
	return r.seen
}

// OfAnother reports whether a secret is known to be that of another integrator
// or endpoint than the provider's.
func (r *Rotator) OfAnother(held Held, history History) bool {
	if r.config.API == nil {
		return false
	}
	return held.IntegratorKey != r.config.IntegratorKey || history.Endpoint != "" && history.Endpoint != r.config.Endpoint
}

// probes remembers what the API has said of each secret: it is asked once in a
// process.
type probes struct {
	mu     sync.Mutex
	errors map[string]error // by fingerprint
}

// probe is API.Probe, asked once.
func (r *Rotator) probe(ctx context.Context, secret apisecret.Secret) error {
	p := &r.probes
	p.mu.Lock()
	err, known := p.errors[secret.Fingerprint()]
	p.mu.Unlock()
	if known {
		return err
	}
	err = r.config.API.Probe(ctx, secret)
	if ctx.Err() != nil {
		return err // of the interrupt, not of the secret
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.errors == nil {
		p.errors = map[string]error{}
	}
	p.errors[secret.Fingerprint()] = err
	return err
}
