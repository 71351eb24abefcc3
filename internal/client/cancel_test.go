// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// wantCanceled checks that the end of the context stopped the call before anything
// changed.
func wantCanceled(t *testing.T, err error) {
	t.Helper()
	wantFailure(t, err, apisecret.NotSent, apisecret.Unchanged, 0, time.Time{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestCanceledBefore(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.client().RegenerateSecret(ctx, apisecret.RegenerateInput{})
	wantCanceled(t, err)
	if _, err := f.client().Profile(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	f.wantSent(t, 0, 0)
	if len(f.waits) > 0 {
		t.Errorf("waited %v", f.waits)
	}
}

func TestCanceledInBackoff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		trouble trouble
		sent    int
		outcome apisecret.Outcome
	}{
		{"rate limited", api(emulator.TooManyRequests("30")), 1, apisecret.RateLimited},
		{"not sent", refused(), 0, apisecret.NotSent},
	} {
		for name, sleep := range map[string]func(context.Context, time.Duration) error{
			"the client's own wait": nil,
			"a wait that takes no notice": func(context.Context, time.Duration) error {
				return nil
			},
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, emulator.Options{})
				tt.trouble(t, f, forever)
				ctx, cancel := context.WithCancel(t.Context())
				f.config.Sleep = sleep
				f.config.Log = func(context.Context, string, map[string]any) { cancel() } // the attempt is over
				_, err := f.client().RegenerateSecret(ctx, apisecret.RegenerateInput{})
				f.wantSent(t, 0, tt.sent)
				if sleep != nil {
					wantCanceled(t, err)
				} else {
					wantFailure(t, err, tt.outcome, apisecret.Unchanged, 0, time.Time{})
				}
			})
		}
	}
}

// mute makes the API a server that accepts connections and never answers. The
// channel says when the first one is accepted.
func mute(t *testing.T, f *fixture) (accepted <-chan struct{}) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	first := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }() // when the listener is closed
			select {
			case first <- struct{}{}:
			default:
			}
		}
	}()
	f.config.Endpoint = &url.URL{Scheme: "https", Host: listener.Addr().String()}
	return first
}

func TestCanceledWhileConnecting(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	accepted := mute(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-accepted
		cancel()
	}()
	_, err := f.client().RegenerateSecret(ctx, apisecret.RegenerateInput{})
	wantCanceled(t, err)
	if len(f.logged) != 1 {
		t.Errorf("logged %v", f.logged)
	}
}

func TestTimeoutWhileConnecting(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	mute(t, f)
	f.config.RequestTimeout = 50 * time.Millisecond
	f.config.MaxRetries = 1
	_, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	wantFailure(t, err, apisecret.NotSent, apisecret.Unchanged, 0, time.Time{})
	if len(f.logged) != 2 {
		t.Errorf("logged %v", f.logged)
	}
}

// TestCanceledInFlight ends the context when the request has arrived.
func TestCanceledInFlight(t *testing.T) {
	t.Parallel()
	drop, tooMany, refuse := emulator.Fault{Drop: true}, emulator.TooManyRequests(""), emulator.HTML(401)
	for _, tt := range []struct {
		name    string
		fault   emulator.Fault
		posts   int
		outcome apisecret.Outcome
	}{
		{"answered", emulator.Fault{}, 1, apisecret.Regenerated},
		{"answered, held after processing", emulator.Fault{}.After(), 1, apisecret.Regenerated},
		{"ambiguous: sent again", drop, 2, apisecret.Regenerated},
		{"rate limited: over", tooMany, 1, apisecret.RateLimited},
		{"refused: no other signer", refuse, 1, apisecret.NotSent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			reached, hold := make(chan struct{}), make(chan struct{})
			fault := tt.fault.On("POST", "")
			fault.Reached, fault.Hold = reached, hold
			f.Inject(fault)
			go func() {
				<-reached
				cancel()
				_, _ = f.client().Profile(t.Context()) // takes long enough for the end of the context to be noticed
				close(hold)
			}()
			got, err := f.client().RegenerateSecret(ctx, apisecret.RegenerateInput{Signers: []apisecret.Secret{f.config.Secret, apisecret.New("other")}})
			f.wantSent(t, 1, tt.posts)
			switch {
			case tt.outcome != apisecret.Regenerated:
				wantFailure(t, err, tt.outcome, apisecret.Unchanged, 0, time.Time{})
			case tt.posts == 1:
				wantRegenerated(t, f, got, err, 0, time.Time{})
			default:
				wantRegenerated(t, f, got, err, 0, testStart())
			}
		})
	}
}

func TestCanceledBeforeResending(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(emulator.Fault{Drop: true})
	ctx, cancel := context.WithCancel(t.Context())
	f.config.Sleep = func(waiting context.Context, d time.Duration) error {
		cancel()
		return f.sleep(waiting, d)
	}
	got, err := f.client().RegenerateSecret(ctx, apisecret.RegenerateInput{})
	wantRegenerated(t, f, got, err, 0, testStart())
	f.wantSent(t, 0, 2)
	if !slices.Equal(f.waits, []time.Duration{3 * time.Second}) {
		t.Errorf("waited %v", f.waits)
	}
}

func TestProfileCanceledInFlight(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	reached := make(chan struct{})
	f.Inject(emulator.Fault{Reached: reached, Hold: make(chan struct{})})
	go func() {
		<-reached
		cancel()
	}()
	if _, err := f.client().Profile(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	f.wantSent(t, 1, 0)
}

func TestProfileCanceledInBackoff(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(emulator.TooManyRequests("30"))
	ctx, cancel := context.WithCancel(t.Context())
	f.config.Log = func(context.Context, string, map[string]any) { cancel() } // the attempt is over
	var failed *client.TransportError
	if _, err := f.client().Profile(ctx); !errors.Is(err, context.Canceled) || !errors.As(err, &failed) {
		t.Errorf("error %v", err)
	}
	f.wantSent(t, 1, 0)
}
