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
//     (apply.go): they rotate (rotate.go), resume an interrupted rotation
//     (resume.go) or adopt a secret.
//
// What the process has seen on this way is in one snapshot, [Seen] (seen.go). What
// the recovery folder holds, and who can open it, is in recovered.go. A rotation
// prepares and fills it in net.go, and what leaves a state goes there in keep.go.
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

// Store is the recovery folder. Each secret in it is sealed; a [recovery.Copy] says
// with what.
type Store interface {
	// Load returns what there is, the newest first, and what could not be used.
	Load() (found []recovery.Found, problems []error)
	// Reserve makes sure that an entry can be written, with a copy sealed with each of
	// these secrets, by their fingerprints, or "" for public keys.
	Reserve(with []string) (Reservation, error)
	// Save writes an entry that need not be reserved, or adds to one that is there.
	Save(record recovery.Record, copies []recovery.Copy) error
	// SaveReply keeps a reply without a readable secret, and returns where.
	SaveReply(copies []recovery.Copy) (paths []string, err error)
	// Keep makes a secret that was made one that is kept.
	Keep(found recovery.Found) error
	// Remove deletes an entry.
	Remove(found recovery.Found) error
	// Exposed returns an error if others can read or change the folder.
	Exposed() error
}

// Reservation is room in the recovery folder, until it is used or released.
type Reservation interface {
	Save(record recovery.Record, copies []recovery.Copy) error
	Release()
}

// Config is what a Rotator works with. All of it is required, except where a
// comment says otherwise.
type Config struct {
	// API is nil in a plan that does not know all of the provider's settings yet. Of
	// the next three, those that are unknown are zero then.
	API           API
	IntegratorKey string
	Endpoint      string           // base URL of the API
	Configured    apisecret.Secret // the provider's integrator_secret; zero for none

	Store Store // nil for none
	// StoreRequired says that somebody has chosen the folder: nothing may be sent
	// that it could not keep.
	StoreRequired bool
	Clock         func() time.Time
	// Open decrypts with the age identity that is configured; HasKey is false if
	// none is, so that Open always fails.
	Open   func(ciphertext string) (secret string, err error)
	HasKey bool
	// Seal prepares the encryption of one secret for public keys. Everything that
	// can fail about it happens here; seal gives "" where there are no keys.
	Seal func(recipients []string) (seal func(apisecret.Secret) (ciphertext string), err error)
	// SealWith and OpenWith do the same with a secret as passphrase.
	SealWith func(passphrase apisecret.Secret) (seal func(apisecret.Secret) (ciphertext string), err error)
	OpenWith func(ciphertext string, passphrase apisecret.Secret) (secret string, err error)
	// Begin is told that a rotation is in flight, until done is called.
	Begin func() (done func())
	// SkipValidation forbids to ask the API about secrets, except where a rotation
	// would otherwise invalidate one.
	SkipValidation bool
	// Applying reports whether Terraform is known to be carrying out a plan. It asks
	// for the plan again then, and the warnings of that plan would be said twice.
	Applying func() bool
	// Planning reports whether Terraform is known to be making a plan that another
	// process carries out: an error leaves everything as it is.
	Planning func() bool
}

// Rotator rotates the secret of one integrator, in one process of the provider.
// It is safe for concurrent use.
type Rotator struct {
	config   Config
	rotating sync.Mutex // one rotation at a time, and the second is refused

	mu   sync.Mutex
	seen Seen

	probes sync.Map // what the API said of a secret, by its fingerprint: an error, or nil
	said   sync.Map // what is wrong in the recovery folder, so that it is said once
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

// Replacing reports whether Delete was shown an object that a Create is to replace.
// The state is empty then, and Create restores the object if it fails.
func (r *Rotator) Replacing() bool { return len(r.Seen().replaced) > 0 }

// ofAnother reports whether a secret is known to be that of another integrator
// or endpoint than the provider's.
func (r *Rotator) ofAnother(held Held, history History) bool {
	differs := func(known, configured string) bool { return known != "" && configured != "" && known != configured }
	of := owner(held, history)
	return differs(of.IntegratorKey, r.config.IntegratorKey) || differs(of.Endpoint, r.config.Endpoint)
}

// probe is API.Probe, asked once in a process for each secret.
func (r *Rotator) probe(ctx context.Context, secret apisecret.Secret) error {
	if err, known := r.probes.Load(secret.Fingerprint()); known {
		err, _ := err.(error)
		return err
	}
	err := r.config.API.Probe(ctx, secret)
	if ctx.Err() == nil { // or else the error is of the interrupt, not of the secret
		r.probes.Store(secret.Fingerprint(), err)
	}
	return err
}

// seal prepares the encryption of one secret for the recipients. The event says why
// it cannot be encrypted.
func (r *Rotator) seal(recipients Recipients) (seal func(apisecret.Secret) string, failure *Event) {
	if recipients.Keys != nil && len(recipients.Keys) == 0 {
		return nil, &Event{Kind: RecipientsEmpty}
	}
	seal, err := r.config.Seal(recipients.Keys)
	if err != nil {
		return nil, &Event{Kind: RecipientsUnusable, Err: err}
	}
	return seal, nil
}
