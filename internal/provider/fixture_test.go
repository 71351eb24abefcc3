// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// world is what one test runs in: the API, and a provider whose clock and
// environment are this test's own.
type world struct {
	*emulator.Server
	t     *testing.T
	clock *clock

	mu    sync.Mutex
	env   map[string]string
	waits []time.Duration
}

// newWorld starts an emulator. The provider's environment points at it, and is
// all that the configurations of the tests need.
func newWorld(t *testing.T, options emulator.Options) *world {
	t.Helper()
	w := &world{t: t, clock: newClock()}
	options.Clock = w.clock.Now
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	w.Server = server
	w.env = map[string]string{
		"INTEGRATOR_ENDPOINT": server.URL(),
		"INTEGRATOR_KEY":      server.Key(),
		"INTEGRATOR_SECRET":   server.Secret(),
	}
	return w
}

// terraform runs the steps. Each of them proves, without saying so, that the
// plans after its apply are empty, with refresh and without: plugin-testing
// insists on it.
func (w *world) terraform(steps ...resource.TestStep) {
	w.t.Helper()
	resource.UnitTest(w.t, resource.TestCase{ProtoV6ProviderFactories: w.factories(), Steps: steps})
}

func (w *world) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"integrator": providerserver.NewProtocol6WithError(provider.New("1.2.3", provider.Options{
			Getenv:    w.getenv,
			Clock:     w.clock.Now,
			RetryWait: time.Millisecond,
			Sleep:     w.sleep,
		})()),
	}
}

func (w *world) getenv(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.env[name]
}

func (w *world) setenv(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.env[name] = value
}

// sleep moves the clock instead.
func (w *world) sleep(_ context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = append(w.waits, d)
	w.clock.Advance(d)
	return nil
}
