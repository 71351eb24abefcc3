// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

const (
	ourKey      = "int_1"
	ourEndpoint = "https://api.example"
)

var errUnreachable = errors.New("the API cannot be reached")

// fixture is one integrator with its API, its recovery folder and a clock.
type fixture struct {
	api   *fakeAPI
	store *fakeStore
	now   time.Time
}

// newFixture starts with an API that accepts the secret s1.
func newFixture() *fixture {
	return &fixture{
		api:   &fakeAPI{answers: map[string]error{"s1": nil}},
		store: &fakeStore{},
		now:   time.Date(2026, 8, 19, 14, 0, 0, 0, time.FixedZone("", 5*3600+1800)), // as the clock of whoever runs Terraform
	}
}

// process starts a process of the provider, which is configured with s1 unless
// the changes say otherwise. A plan and its apply are two processes.
func (f *fixture) process(changes ...func(*Config)) *Rotator {
	config := Config{
		API: f.api, IntegratorKey: ourKey, Endpoint: ourEndpoint, Configured: apisecret.New("s1"),
		Store:    f.store,
		Clock:    func() time.Time { return f.now },
		Open:     openWith(""),
		Seal:     fakeSeal,
		SealWith: fakeSealWith,
		OpenWith: fakeOpenWith,
		Begin:    func() func() { return func() {} },
		Applying: func() bool { return false },
		Planning: func() bool { return false },
	}
	for _, change := range changes {
		change(&config)
	}
	f.api.clock = config.Clock
	return New(config)
}

func configured(secret string) func(*Config) {
	return func(c *Config) { c.Configured = apisecret.New(secret) }
}

func withKey(key string) func(*Config) {
	return func(c *Config) { c.Open, c.HasKey = openWith(key), true }
}

func skipValidation(c *Config) { c.SkipValidation = true }
func applying(c *Config)       { c.Applying = func() bool { return true } }
func planning(c *Config)       { c.Planning = func() bool { return true } }
func chosen(c *Config)         { c.StoreRequired = true }
func noStore(c *Config)        { c.Store = nil }
func unconfigured(c *Config) {
	*c = Config{Clock: c.Clock, Open: c.Open, Seal: c.Seal, Begin: c.Begin, Applying: c.Applying, Planning: c.Planning}
}

// state is what Terraform keeps of an object.
type state struct {
	Object
	Memory
}

// holding is the state of a secret that was made ten days ago.
func (f *fixture) holding(secret string) state {
	made := f.now.UTC().AddDate(0, 0, -10)
	held := Held{IntegratorKey: ourKey, Endpoint: ourEndpoint, RotatedAt: made, Version: made.Unix()}.withSecret(apisecret.New(secret), "")
	return state{Object{Held: held}, Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint}}}
}

// imported is the state after an import: the secret is not there yet.
func imported() state {
	return state{Object{Held: Held{IntegratorKey: ourKey, Endpoint: ourEndpoint}}, Memory{History: History{IntegratorKey: ourKey, Endpoint: ourEndpoint}}}
}

// encryptedFor encrypts the secret of a state.
func (s state) encryptedFor(recipients ...string) state {
	seal, _ := fakeSeal(recipients)
	s.Held = s.Held.withSecret(s.Held.Secret, seal(s.Held.Secret))
	s.Arguments.Recipients.Keys = recipients
	return s
}

func fingerprint(secret string) string { return apisecret.New(secret).Fingerprint() }

func fingerprints(secrets ...string) (all []string) {
	for _, s := range secrets {
		all = append(all, fingerprint(s))
	}
	return all
}

// kinds are those of the events, in order.
func kinds(events []Event) (all []Kind) {
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

// event returns the event of a kind, and the zero Event if there is none.
func event(events []Event, kind Kind) Event {
	for _, e := range events {
		if e.Kind == kind {
			return e
		}
	}
	return Event{}
}

// equal takes nil for the same as empty.
func equal[T any](t *testing.T, what string, got, want []T) {
	t.Helper()
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// same compares what one value says.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}
