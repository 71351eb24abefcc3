// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// fixture is what one test runs in: the API, and a provider whose clock and
// environment are this test's own.
type fixture struct {
	*emulator.Server
	t          *testing.T
	clock      *clock
	workingDir string
	ctrlC      bool // has reached the provider

	mu    sync.Mutex
	env   map[string]string
	waits []time.Duration
}

// newFixture starts an emulator. The provider's environment points at it, and is
// all that the configurations of the tests need.
func newFixture(t *testing.T, options emulator.Options) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: newClock(), workingDir: t.TempDir()}
	options.Clock = f.clock.Now
	server, err := emulator.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	f.Server = server
	f.env = map[string]string{
		"INTEGRATOR_ENDPOINT": server.URL(),
		"INTEGRATOR_KEY":      server.Key(),
		"INTEGRATOR_SECRET":   server.Secret(),
	}
	return f
}

// terraform runs the steps. After each apply, plugin-testing also checks that a plan
// is empty, with a refresh and without.
func (f *fixture) terraform(steps ...resource.TestStep) {
	f.t.Helper()
	f.terraformWith(f.factories(), steps...)
}

// terraformWith runs the steps with these providers.
func (f *fixture) terraformWith(providers map[string]func() (tfprotov6.ProviderServer, error), steps ...resource.TestStep) {
	f.t.Helper()
	resource.UnitTest(f.t, resource.TestCase{ProtoV6ProviderFactories: providers, Steps: ignoreOpened(steps)})
}

// factories are the provider, for each test case of plugin-testing, which needs the
// CLI.
func (f *fixture) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	f.t.Helper()
	terraform.Require(f.t)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"integrator": func() (tfprotov6.ProviderServer, error) { return f.newServer() },
	}
}

// newServer is the provider for whoever speaks the plugin protocol with it.
func (f *fixture) newServer() (*provider.Server, error) {
	return provider.NewServer("1.2.3", provider.Options{
		Getenv:      f.getenv,
		Clock:       f.clock.Now,
		RetryWait:   time.Millisecond,
		Sleep:       f.sleep,
		Interrupted: func() bool { return f.ctrlC },
		WorkingDir:  f.workingDir,
		WorkFactor:  1,
	})
}

// bareServer is a provider that nobody configures.
func bareServer(t *testing.T) tfprotov6.ProviderServer {
	t.Helper()
	server, err := provider.NewServer("test", provider.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func (f *fixture) getenv(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.env[name]
}

func (f *fixture) setenv(name, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.env[name] = value
}

// sleep moves the clock instead.
func (f *fixture) sleep(_ context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits = append(f.waits, d)
	f.clock.Advance(d)
	return nil
}
