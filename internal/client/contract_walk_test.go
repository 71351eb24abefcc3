// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// walk is the test of one endpoint.
type walk struct {
	*testing.T
	endpoint
	events []string
	call   func(ctx context.Context, c *client.Client, webhook string) (any, error)
}

// start starts an API that has a webhook. It returns the path of the endpoint there.
func (w walk) start() (f *fixture, webhook, path string) {
	f = newFixture(w.T, emulator.Options{Users: []string{userKey}})
	f.config.MaxRetries = 0
	webhook = f.AddWebhook(hookURL, "payment.created").ID
	return f, webhook, strings.Replace(w.Path, "{webhookId}", webhook, 1)
}

// send sends a request with this body, and returns what the API answers.
func (w walk) send(body any) ([]byte, error) {
	f, _, path := w.start()
	content, _ := json.Marshal(body)
	if body == nil {
		content = nil
	}
	return f.client().Send(w.Context(), w.Method, path, content)
}

// requests checks what the client sends, and returns it.
func (w walk) requests() map[string]any {
	f, webhook, path := w.start()
	if _, err := w.call(w.Context(), f.client(), webhook); err != nil {
		w.Fatal(err)
	}
	var sent emulator.Request
	for _, r := range f.Requests() {
		if r.Method == w.Method && r.Path == path {
			sent = r
		}
	}
	if w.Request == nil {
		if sent.Body != "" || sent.Status == 0 {
			w.Errorf("sent %+v", sent)
		}
		return nil
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(sent.Body), &body); err != nil {
		w.Fatalf("the body: %v", err)
	}
	w.fits("the request", w.Request, body)
	return body
}

// replies checks what the emulator answers, and returns it. A list has one element.
func (w walk) replies(body map[string]any) map[string]any {
	var sent any
	if body != nil {
		sent = body
	}
	raw, err := w.send(sent)
	if err != nil {
		w.Fatal(err)
	}
	var reply map[string]any
	if err := json.Unmarshal(w.element(raw), &reply); err != nil {
		w.Fatalf("%v: %s", err, raw)
	}
	w.fits("the reply", w.members(), reply)
	return reply
}

// element is the only element of a list; anything else is itself.
func (w walk) element(raw []byte) []byte {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 1 {
		return list[0]
	}
	return raw
}

// members are those of the endpoint's reply.
func (w walk) members() (members map[string]string) {
	if err := json.Unmarshal(w.element(w.Response), &members); err != nil {
		w.Fatal(err)
	}
	return members
}

// reads checks that the client takes each member out of a reply: the result of a
// call is another one if the member is.
func (w walk) reads(reply map[string]any, notRead []string) {
	result := func(reply map[string]any) string {
		f, webhook, path := w.start()
		var body any = reply
		if w.Response[0] == '[' {
			body = []any{reply}
		}
		content, _ := json.Marshal(body)
		f.Inject(emulator.Fault{Body: string(content)}.On(w.Method, path))
		got, err := w.call(w.Context(), f.client(), webhook)
		text, _ := json.Marshal(got)
		return fmt.Sprintf("%s %v", text, err)
	}
	as := result(reply)
	for member, value := range reply {
		changed := maps.Clone(reply)
		switch v := value.(type) {
		case bool:
			changed[member] = !v
		case float64:
			changed[member] = v + 1
		case string:
			changed[member] = "2031" + v[min(len(v), 4):]
		case []any:
			changed[member] = append(v, "payment.refunded")
		}
		if read := result(changed) != as; read == slices.Contains(notRead, member) {
			w.Errorf("the client reads %s: %t", member, read)
		}
	}
}

// validates checks that the emulator accepts and refuses what the API does.
func (w walk) validates(body map[string]any) {
	expect := func(accepted bool, body any) {
		w.Helper()
		_, err := w.send(body)
		var refused *client.Error
		if accepted && err != nil || !accepted && (!errors.As(err, &refused) || refused.Status != http.StatusBadRequest) {
			w.Errorf("%v is to be accepted: %t; got %v", body, accepted, err)
		}
	}
	if w.Request != nil {
		expect(false, nil)
	}
	for member, description := range w.Request {
		with := func(value any) map[string]any {
			changed := maps.Clone(body)
			changed[member] = value
			return changed
		}
		without := maps.Clone(body)
		delete(without, member)
		expect(strings.Contains(description, "optional"), without)
		expect(false, with(map[string]any{}))
		expect(false, with(nil))
		if strings.Contains(description, "at least 1 character") {
			expect(false, with(""))
		}
		if strings.Contains(description, "URI") {
			expect(false, with("no URI"))
		}
		if strings.HasPrefix(description, "array of event") {
			expect(true, with(append([]string{client.AllEvents}, w.events...)))
			expect(false, with([]string{"payment.invented"}))
		}
		if least, most, limited := limits(description); limited {
			expect(true, with(least))
			expect(true, with(most))
			expect(false, with(least-1))
			expect(false, with(most+1))
		}
	}
}

// limits are those of a number, such as "number 1..3600".
func limits(description string) (least, most int, limited bool) {
	found := regexp.MustCompile(`^number (\d+)\.\.(\d+)`).FindStringSubmatch(description)
	if found == nil {
		return 0, 0, false
	}
	least, _ = strconv.Atoi(found[1])
	most, _ = strconv.Atoi(found[2])
	return least, most, true
}

// fits checks that an object has all of these members, and nothing else.
func (w walk) fits(what string, members map[string]string, object map[string]any) {
	w.Helper()
	for name, description := range members {
		if value, ok := object[name]; !ok || !w.fit(description, value) {
			w.Errorf("%s of %s is %v, not %s", name, what, value, description)
		}
	}
	if len(object) != len(members) {
		w.Errorf("the members of %s are %v, not %v", what, object, members)
	}
}

// fit reports whether a value is as described.
func (w walk) fit(description string, value any) bool {
	w.Helper()
	kind, _, _ := strings.Cut(description, " ")
	switch strings.TrimSuffix(kind, ",") {
	case "string":
		return w.fitText(description, value)
	case "boolean":
		truth, ok := value.(bool)
		return ok && (truth || !strings.HasSuffix(description, ", true"))
	case "number":
		number, ok := value.(float64)
		least, most, limited := limits(description)
		return ok && (!limited || number >= float64(least) && number <= float64(most))
	case "array":
		list, ok := value.([]any)
		return ok && !slices.ContainsFunc(list, func(event any) bool {
			name, _ := event.(string)
			return name != client.AllEvents && !slices.Contains(w.events, name)
		})
	}
	w.Fatalf("the test does not know what %q is", description)
	return false
}

func (w walk) fitText(description string, value any) bool {
	text, ok := value.(string)
	var err error
	switch {
	case strings.Contains(description, "24 hex digits"):
		ok = ok && regexp.MustCompile(`^[0-9a-f]{24}$`).MatchString(text)
	case strings.Contains(description, "URI"):
		_, err = url.ParseRequestURI(text)
	case strings.Contains(description, "date-time"):
		_, err = time.Parse(time.RFC3339, text)
	}
	return ok && text != "" && err == nil
}
