// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

const hookURL = "https://example.com/hook"

func onCreate(fault emulator.Fault) emulator.Fault {
	return fault.On(http.MethodPost, emulator.WebhooksPath)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	want := client.Webhook{URL: hookURL, Events: []string{"payment.created", "payment.refunded"}}
	check := func(got *client.Webhook, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		want.ID = got.ID
		listed, err := c.Webhooks(t.Context())
		if err != nil || got.ID == "" || !reflect.DeepEqual(*got, want) || !reflect.DeepEqual(listed, []client.Webhook{want}) {
			t.Errorf("got %+v, listed %+v, not %+v; %v", got, listed, want, err)
		}
	}
	check(c.CreateWebhook(t.Context(), want.URL, want.Events))
	f.wantSent(t, 2, 1)
	f.ChangeWebhook(want.ID, func(w *emulator.Webhook) { w.FailureCount, w.Disabled = 2, true })
	want.FailureCount, want.Disabled, want.Events = 2, true, []string{}
	check(c.UpdateWebhook(t.Context(), want.ID, want.Events))
	if err := c.DeleteWebhook(t.Context(), want.ID); err != nil || len(f.Webhooks()) != 0 {
		t.Errorf("%v; left are %v", err, f.Webhooks())
	}
}

// A creation does not list the webhooks if it knows them. What it has made itself, it
// knows from the reply.
func TestWebhooksAreListedOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	const n = 5
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if _, err := c.CreateWebhook(t.Context(), hookURL, []string{"*"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.wantSent(t, 1, n)

	f.Inject(onCreate(emulator.Fault{Drop: true}.After()))
	got, err := c.CreateWebhook(t.Context(), hookURL, []string{"*"})
	if hooks := f.Webhooks(); err != nil || len(hooks) != n+1 || got.ID != hooks[n].ID {
		t.Errorf("%+v of %+v, %v", got, hooks, err)
	}
	f.wantSent(t, 2, n+1)
}

// After a creation of which nothing is known, another one does not rely on what was
// known before: the first webhook may be made late.
func TestWebhookThatIsMadeLate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	f.Inject(onCreate(emulator.Fault{Drop: true}))
	var lost *client.LostWebhookError
	if _, err := c.CreateWebhook(t.Context(), hookURL, []string{}); !errors.As(err, &lost) {
		t.Fatalf("error %v", err)
	}
	late := f.AddWebhook(hookURL)
	f.Inject(onCreate(emulator.Fault{Drop: true}.After()))
	got, err := c.CreateWebhook(t.Context(), hookURL, []string{})
	if err != nil || got.ID == late.ID {
		t.Errorf("%+v %v", got, err)
	}
}

func TestDeletedWebhookIsDeleted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	hook := f.AddWebhook(hookURL)
	f.Inject(emulator.Fault{Drop: true}.After())
	for range 2 { // the first is sent twice
		if err := f.client().DeleteWebhook(t.Context(), hook.ID); err != nil {
			t.Error(err)
		}
	}
	if n := len(f.sent(http.MethodDelete)); n != 3 {
		t.Errorf("%d requests", n)
	}
}

// An id is one segment of the path, whatever it contains.
func TestWebhookIDIsEscaped(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	if err := f.client().DeleteWebhook(t.Context(), "../a b?c#d%"); err != nil {
		t.Error(err)
	}
	if sent := f.Requests()[0]; sent.Path != emulator.WebhooksPath+"/..%2Fa%20b%3Fc%23d%25" || sent.SignedWith != 0 {
		t.Errorf("%s, signed with %d", sent.Path, sent.SignedWith)
	}
}

// From a list that is not valid, nothing follows about deleted webhooks.
func TestWebhookListThatIsNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"null", "{}", "[null]", "[{}]", `[{"id":"wh_1"}]`, `[{"url":"https://example.com"}]`, `[{"id":1,"url":"a"}]`, "[", "<html>"} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.Inject(emulator.Fault{Body: body})
			if webhooks, err := f.client().Webhooks(t.Context()); err == nil {
				t.Errorf("read as %+v", webhooks)
			}
		})
	}
}

func TestWebhookWithoutEvents(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[{"id":"wh_1","url":"a"}]`, `[{"id":"wh_1","url":"a","events":null}]`} {
		f := newFixture(t, emulator.Options{})
		f.Inject(emulator.Fault{Body: body})
		webhooks, err := f.client().Webhooks(t.Context())
		if err != nil || len(webhooks) != 1 || webhooks[0].Events == nil {
			t.Errorf("%+v %v", webhooks, err)
		}
	}
}

func TestRepeatedEventsAreOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	c := f.client()
	hook := f.AddWebhook(hookURL)
	f.Inject(emulator.Fault{Method: http.MethodPatch, Rewrite: func(reply map[string]any) { reply["events"] = []string{"b", "a", "b"} }})
	want := []string{"b", "a"}
	if got, err := c.UpdateWebhook(t.Context(), hook.ID, []string{}); err != nil || !slices.Equal(got.Events, want) {
		t.Errorf("%+v %v", got, err)
	}
	f.ChangeWebhook(hook.ID, func(w *emulator.Webhook) { w.Events = []string{"b", "a", "b"} })
	if got, err := c.Webhooks(t.Context()); err != nil || !slices.Equal(got[0].Events, want) {
		t.Errorf("%+v %v", got, err)
	}
}

// A webhook whose reply was lost is found in the list, and not made again.
func TestLostWebhookIsFound(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"cut":             {Drop: true},
		"reset":           {Reset: true},
		"reply cut short": {Truncate: true},
		"500":             emulator.HTML(500),
		"503, retryable":  emulator.Problem(503, emulator.ProblemServiceUnavailable, "", "", map[string]any{"retryable": true}),
		"504":             emulator.HTML(504),
		"no JSON":         {Body: "<html>", ContentType: "text/html"},
		"null":            {Body: "null"},
		"without id":      {Rewrite: func(reply map[string]any) { delete(reply, "id") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.AddWebhook(hookURL, "payment.created") // was there before, so it is another one
			f.Inject(onCreate(fault.After()))
			got, err := f.client().CreateWebhook(t.Context(), hookURL, []string{"payment.updated", "payment.created"})
			if err != nil {
				t.Fatal(err)
			}
			hooks := f.Webhooks()
			if len(hooks) != 2 || got.ID != hooks[1].ID || len(got.Events) != 2 {
				t.Errorf("got %+v of %+v", got, hooks)
			}
			f.wantSent(t, 2, 1)
			if !slices.Equal(f.waits, []time.Duration{3 * time.Second}) {
				t.Errorf("waited %v", f.waits)
			}
		})
	}
}

func TestLostWebhookIsNotFound(t *testing.T) {
	t.Parallel()
	const events = "payment.created"
	for _, tt := range []struct {
		name      string
		elsewhere []string // URLs of the webhooks that others make at the same time
		list      emulator.Fault
		processed bool
		found     int
		listed    bool
	}{
		{name: "none", found: 0, listed: true},
		{name: "at other URLs", elsewhere: []string{hookURL + "/", "https://example.com"}, listed: true},
		{name: "two", processed: true, elsewhere: []string{hookURL}, found: 2, listed: true},
		{name: "no list", processed: true, list: emulator.HTML(403)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulator.Options{})
			f.AddWebhook(hookURL, events)
			reached, hold := make(chan struct{}), make(chan struct{})
			f.Inject(onCreate(emulator.Fault{Drop: true, AfterProcessing: tt.processed, Reached: reached, Hold: hold}))
			go func() {
				<-reached
				for _, url := range tt.elsewhere {
					f.AddWebhook(url, events)
				}
				f.Inject(tt.list)
				close(hold)
			}()
			_, err := f.client().CreateWebhook(t.Context(), hookURL, []string{events})
			var lost *client.LostWebhookError
			var failed *client.TransportError
			if !errors.As(err, &lost) || !errors.As(err, &failed) || len(lost.Found) != tt.found || (lost.ListErr == nil) != tt.listed {
				t.Errorf("error %#v", err)
			}
			f.wantSent(t, 2, 1)
		})
	}
}

// A webhook that is found with other events gets the events that were asked for.
func TestLostWebhookGetsItsEvents(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	reached, hold := make(chan struct{}), make(chan struct{})
	f.Inject(onCreate(emulator.Fault{Drop: true, Reached: reached, Hold: hold}))
	go func() {
		<-reached
		f.AddWebhook(hookURL, "*")
		close(hold)
	}()
	got, err := f.client().CreateWebhook(t.Context(), hookURL, []string{"payment.created"})
	if err != nil || !slices.Equal(got.Events, []string{"payment.created"}) || !slices.Equal(f.Webhooks()[0].Events, got.Events) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWebhookCreationIsNotStarted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.Inject(emulator.HTML(403))
	var answer *client.Error
	if _, err := f.client().CreateWebhook(t.Context(), hookURL, nil); !errors.As(err, &answer) || answer.Method != http.MethodGet {
		t.Errorf("error %v", err)
	}
	f.wantSent(t, 1, 0)
}

func TestWebhookIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{307, 400, 401, 403, 409} {
		f := newFixture(t, emulator.Options{})
		f.Inject(onCreate(emulator.Fault{Status: status}))
		var lost *client.LostWebhookError
		if _, err := f.client().CreateWebhook(t.Context(), hookURL, nil); err == nil || errors.As(err, &lost) {
			t.Errorf("%d: error %v", status, err)
		}
		f.wantSent(t, 1, 1)
	}
}

// The client looks for a lost webhook even after Ctrl-C.
func TestLostWebhookIsFoundAfterCancel(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	reached := make(chan struct{})
	f.Inject(onCreate(emulator.Fault{Drop: true, Reached: reached}.After()))
	go func() {
		<-reached
		cancel()
	}()
	got, err := f.client().CreateWebhook(ctx, hookURL, []string{"*"})
	if err != nil || got.ID != f.Webhooks()[0].ID {
		t.Errorf("%+v %v", got, err)
	}
}

// All calls run at once, for the same URL, and lose their replies. Each finds the
// webhook that it made.
func TestLostWebhooksAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	fault := onCreate(emulator.Fault{Drop: true}.After())
	fault.Times = forever
	f.Inject(fault)
	c := f.client()
	var all sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	const n = 8
	for range n {
		all.Go(func() {
			got, err := c.CreateWebhook(t.Context(), hookURL, []string{"*"})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[got.ID] = true
		})
	}
	all.Wait()
	if len(ids) != n || len(f.Webhooks()) != n {
		t.Errorf("%d webhooks for %d calls, of which there are %d", len(ids), n, len(f.Webhooks()))
	}
}

func TestCheckWebhookURL(t *testing.T) {
	t.Parallel()
	for url, good := range map[string]bool{
		hookURL:                               true,
		"https://example.com":                 true,
		"https://example.com:8443/a?b=c%20d":  true,
		"https://[2001:db8::1]/a":             true,
		"https://EXAMPLE.com/A%2Fb":           true,
		"":                                    false,
		"example.com/a":                       false,
		"/a":                                  false,
		"http://example.com/a":                false,
		"HTTPS://example.com/a":               false,
		"https:///a":                          false,
		"https://:8443/a":                     false,
		"https:example.com":                   false,
		"https://example.com/a b":             false,
		"https://example.com/ä":               false,
		"https://exämple.com/":                false,
		"https://example.com/a\n":             false,
		" https://example.com/a":              false,
		"https://example.com/%zz":             false,
		"https://user:pass%77ord@example.com": false,
	} {
		if err := client.CheckWebhookURL(url); (err == nil) != good {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestWebhookSecret(t *testing.T) {
	t.Parallel()
	const payload = `{"event":"payment.created"}`
	for _, secret := range []string{"whsec_1", `a "quoted" <ä> secret`} {
		f := newFixture(t, emulator.Options{})
		if err := f.client().SetWebhookSecret(t.Context(), apisecret.New(secret)); err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(payload))
		if f.SignPayload(payload) != hex.EncodeToString(mac.Sum(nil)) {
			t.Error("payloads are not signed with it")
		}
	}
}

func TestWebhookSecretIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", "{}", `{"secretConfigured":false}`, `{"secretConfigured":"yes"}`, "<html>"} {
		f := newFixture(t, emulator.Options{})
		f.Inject(emulator.Fault{Status: 200, Body: body})
		if err := f.client().SetWebhookSecret(t.Context(), apisecret.New("whsec_1")); err == nil {
			t.Errorf("%q: no error", body)
		}
		f.wantSent(t, 0, 1)
	}
}
