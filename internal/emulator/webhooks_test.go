// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"
)

func (c *client) webhooks(method, id, body string) answer {
	c.t.Helper()
	target := WebhooksPath
	if id != "" {
		target += "/" + id
	}
	return c.do(c.request(c.Secret(), method, target, body))
}

// expectWebhooks checks that these webhooks exist, and that the API lists them.
func (c *client) expectWebhooks(want ...Webhook) {
	c.t.Helper()
	want = append([]Webhook{}, want...)
	a := c.webhooks("GET", "", "")
	var listed []Webhook
	if err := json.Unmarshal([]byte(a.body), &listed); err != nil || listed == nil || a.status != 200 {
		c.t.Fatalf("the list: %d %s", a.status, a.body)
	}
	if !reflect.DeepEqual(listed, want) || len(c.Webhooks()) != len(want) {
		c.t.Errorf("listed %+v, not %+v", listed, want)
	}
}

func TestWebhookLifecycle(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.expectWebhooks()

	elsewhere := c.AddWebhook("https://example.com/a")
	a := c.webhooks("POST", "", `{"url":"https://example.com/b","events":["payment.created","payment.refunded"]}`)
	var made Webhook
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.status != 200 || made.ID == elsewhere.ID {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if !regexp.MustCompile(`^[0-9a-f]{24}$`).MatchString(made.ID) {
		t.Errorf("the id is %q", made.ID)
	}
	want := Webhook{ID: made.ID, URL: "https://example.com/b", Events: []string{"payment.created", "payment.refunded"}}
	c.expectWebhooks(elsewhere, want)

	c.ChangeWebhook(made.ID, func(w *Webhook) { w.FailureCount, w.Disabled = 3, true })
	want.FailureCount, want.Disabled, want.Events = 3, true, []string{"*"}
	if a := c.webhooks("PATCH", made.ID, `{"events":["*"]}`); a.status != 200 || a.json(t)["failureCount"] != 3.0 {
		t.Errorf("%d %s", a.status, a.body)
	}
	c.expectWebhooks(elsewhere, want)

	c.RemoveWebhook(elsewhere.ID)
	if a := c.webhooks("DELETE", made.ID, ""); a.status != 200 || a.json(t)["id"] != made.ID || a.json(t)["deleted"] != true {
		t.Errorf("%d %s", a.status, a.body)
	}
	c.expectWebhooks()
}

func TestWebhookWithoutEvents(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	for _, body := range []string{`{"url":"https://example.com/a"}`, `{"url":"https://example.com/a","events":[]}`} {
		a := c.webhooks("POST", "", body)
		if events, ok := a.json(t)["events"].([]any); a.status != 200 || !ok || len(events) != 0 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}

func TestWebhookIsValidated(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	there := c.AddWebhook("https://example.com/a", "payment.created")
	for _, tt := range []struct{ method, id, body, field string }{
		{"POST", "", ``, "body"},
		{"POST", "", `[]`, "body"},
		{"POST", "", `{}`, "url"},
		{"POST", "", `{"url":"example.com/a"}`, "url"},
		{"POST", "", `{"url":7}`, "url"},
		{"POST", "", `{"url":"https://example.com/b","events":null}`, "events"},
		{"POST", "", `{"url":"https://example.com/b","events":"*"}`, "events"},
		{"POST", "", `{"url":"https://example.com/b","events":[""]}`, "events"},
		{"POST", "", `{"url":"https://example.com/b","events":[1]}`, "events"},
		{"POST", "", `{"url":"https://example.com/b","events":["payment.invented"]}`, "events"},
		{"PATCH", there.ID, ``, "body"},
		{"PATCH", there.ID, `{}`, "events"},
		{"PATCH", there.ID, `{"events":["payment.invented"]}`, "events"},
	} {
		a := c.webhooks(tt.method, tt.id, tt.body)
		errors, _ := a.json(t)["errors"].([]any)
		if a.status != 400 || len(errors) != 1 {
			t.Errorf("%s %s: %d %s", tt.method, tt.body, a.status, a.body)
			continue
		}
		if entry, _ := errors[0].(map[string]any); entry["field"] != tt.field {
			t.Errorf("%s %s: %v", tt.method, tt.body, entry)
		}
	}
	c.expectWebhooks(there)
}

func TestNoSuchWebhook(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	for _, method := range []string{"PATCH", "DELETE"} {
		a := c.webhooks(method, "gone", `{"events":[]}`)
		if problem := a.json(t); a.status != 404 || problem["resourceType"] != "webhook" || problem["resourceId"] != "gone" {
			t.Errorf("%s: %d %s", method, a.status, a.body)
		}
	}
}
