// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// unreachable is an endpoint where nothing listens.
const unreachable = "http://127.0.0.1:1"

// gate is another address of the API, which refuses connections while it is
// shut.
type gate struct {
	t       *testing.T
	address string
	api     http.Handler
	server  *http.Server // nil while it is shut
}

func newGate(t *testing.T, api string) *gate {
	t.Helper()
	target, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{t: t, address: "127.0.0.1:0", api: httputil.NewSingleHostReverseProxy(target)}
	g.open()
	t.Cleanup(g.shut)
	return g
}

func (g *gate) open() {
	if g.server != nil {
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(g.t.Context(), "tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.address = listener.Addr().String()
	server := &http.Server{Handler: g.api, ReadHeaderTimeout: time.Minute}
	g.server = server
	go func() { _ = server.Serve(listener) }()
}

func (g *gate) shut() {
	if g.server != nil {
		_ = g.server.Close()
		g.server = nil
	}
}

// refusal is what this system says of a connection that is refused.
func refusal(t *testing.T) string {
	t.Helper()
	_, err := (&net.Dialer{Timeout: time.Minute}).DialContext(t.Context(), "tcp", strings.TrimPrefix(unreachable, "http://"))
	refused, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		t.Fatalf("not refused: %v", err)
	}
	return refused.Error()
}

func onRotation(fault emulator.Fault) emulator.Fault {
	return fault.On(http.MethodPost, emulator.RegeneratePath)
}

// The first rotation invalidates the configured secret, so only the one in state can sign
// the next requests. Each success shows that the failure before it has not changed
// the state. TestFailuresKeepTheSecret has other failures.
func TestFailedRotationKeepsTheSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	config := func(trigger int) string {
		return "provider \"integrator\" {\nmax_retries = 0\n}\n" + secretResource(fmt.Sprintf("rotate_when_changed = { a = %d }", trigger))
	}
	f.terraform(
		resource.TestStep{Config: config(0)},
		resource.TestStep{
			PreConfig:   func() { f.Inject(onRotation(emulator.Fault{Status: http.StatusInternalServerError})) },
			Config:      config(1),
			ExpectError: says("The API secret may have been rotated", "500 Internal Server Error", "if it was not, the old secret, as before", "apply again"),
		},
		resource.TestStep{
			Config:            config(1),
			ConfigPlanChecks:  f.inPlaceRotation(),
			ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret())},
		})
	if n := f.processed(); n != 2 {
		t.Errorf("%d rotations took effect, not 2", n)
	}
	if failed := len(f.rotationRequests()) - 2; failed != 1 {
		t.Errorf("with max_retries = 0, one failure took %d requests", failed)
	}
}

func (f *fixture) processed() int {
	return len(slices.DeleteFunc(f.rotationRequests(), func(r emulator.Request) bool { return !r.Processed }))
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.Inject(onRotation(emulator.TooManyRequests("7")), onRotation(emulator.TooManyRequests("11")))
	s.step(s.add("api_secret", args{}), creates, 0, 0, 0)
	if n := s.processed(); n != 1 {
		t.Errorf("%d rotations took effect", n)
	}
	if want := []time.Duration{7 * time.Second, 11 * time.Second}; !slices.Equal(s.waits, want) {
		t.Errorf("waited %v, not %v", s.waits, want)
	}
}

func TestErrorsSayWhatTheAPISaid(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.add("api_secret", args{})
	problem := emulator.Problem(http.StatusBadRequest, emulator.ProblemInvalidFields, "Bad words", "Two of them.", map[string]any{
		"code": "some-code", "field": "some-field", "realm": "some-realm", "scope": "some-scope",
		"resourceType": "integrator", "resourceId": "int_gone", "instance": "urn:some:instance",
		"errors": []map[string]string{{"field": "a.b", "message": "is odd", "code": "odd"}},
	})
	problem.Header = http.Header{"X-Amzn-Requestid": {"some-request"}, "X-Amzn-Trace-Id": {"some-trace"}}
	s.Inject(onRotation(problem))
	s.expectError(s.apply(),
		"The API secret was not rotated", "The API answered 400 Bad Request to POST "+emulator.RegeneratePath+": Bad words: Two of them.",
		"type: validation:invalid-fields", "code: some-code", "field: some-field", "realm: some-realm", "scope: some-scope",
		"resource: integrator int_gone", "instance: urn:some:instance", "request id: some-request", "trace id: some-trace",
		"a.b: is odd (odd)")
}

// TestEachErrorSaysWhatToDo has the other errors.
func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(onRotation(emulator.Problem(http.StatusUnauthorized, emulator.ProblemUnauthorized, "Unauthorized", "")))
	f.terraform(resource.TestStep{
		Config:      secretResource(""),
		ExpectError: says("was not rotated", "set integrator_secret (INTEGRATOR_SECRET) to the live one", "the API's clock says "+started),
	})
	if sent := len(f.rotationRequests()); sent != 1 {
		t.Errorf("one failure took %d requests", sent)
	}
}
