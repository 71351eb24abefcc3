// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Whether the secret was rotated is not known if something else than the API has
// answered. The next apply finds out, whichever it was.
func TestAnswerThatIsNotTheAPIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grace  int
		answer emulator.Fault
	}{
		"a login page, grace 0":       {0, emulator.HTML(http.StatusOK)},
		"a login page, grace 300":     {300, emulator.HTML(http.StatusOK).After()},
		"nothing at all, grace 0":     {0, emulator.Fault{Status: http.StatusNoContent}.After()},
		"a proxy's timeout, grace 60": {60, emulator.HTML(http.StatusRequestTimeout)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).withRecovery()
			f.configure(resource{grace: c.grace})
			f.apply().has(0)
			f.configure(resource{grace: c.grace, trigger: "2"})

			f.Inject(c.answer.On("POST", emulator.RegeneratePath))
			f.apply().has(1, "The API secret may have been rotated", "pply again")
			f.sent(2) // and not again
			f.stores(1, false)

			if !f.Accepts(f.Secrets()[1]) { // it was rotated, and nothing keeps the old secret
				f.env["INTEGRATOR_SECRET"] = f.Secret()
			}
			f.apply().has(0)
			f.stores(f.newest(), false)
			f.plan().has(0, "No changes")
		})
	}
}

// A reply in another encoding than it declares does not lose the secret.
func TestEncodedReplyIsRead(t *testing.T) {
	t.Parallel()
	zip := func(body []byte) []byte {
		var zipped bytes.Buffer
		writer := gzip.NewWriter(&zipped)
		_, _ = writer.Write(body)
		_ = writer.Close()
		return zipped.Bytes()
	}
	for name, reply := range map[string]emulator.Fault{
		"not gzip, as declared": {Header: http.Header{"Content-Encoding": {"gzip"}}, Encode: bytes.Clone},
		"gzip, not declared":    {Encode: zip},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Inject(reply.On("POST", emulator.RegeneratePath).After())
			f.apply().has(0)
			f.stores(1, false)
			f.plan().has(0, "No changes")
		})
	}
}

// The time at which the old secret really expires is kept, and told.
func TestGraceThatIsNotGranted(t *testing.T) {
	t.Parallel()
	// The state has no zeros at the end of the milliseconds, so these have none.
	soon := time.Now().Add(time.Minute).UTC().Truncate(time.Second).Add(123 * time.Millisecond).Format(time.RFC3339Nano)
	for name, c := range map[string]struct {
		expiry any
		shows  string
	}{
		"none":  {nil, "it may have expired at once"},
		"short": {soon, "which is earlier"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.configure(resource{grace: 300, more: "output \"expires\" {\n  value = " + address + ".old_secret_expires_at\n}\n"})
			f.Inject(emulator.Fault{Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = c.expiry }}.On("POST", emulator.RegeneratePath).After())
			f.apply().has(0, "The grace period was not granted", c.shows)
			if c.expiry != nil {
				f.terraform("output", "-raw", "expires").has(0, soon)
			}
			f.plan().has(0, "No changes")
		})
	}
}

// A page that stands in for the profile proves nothing of the secret.
func TestOnlyTheOwnProfileProvesASecret(t *testing.T) {
	t.Parallel()
	for name, profile := range map[string]string{
		"a page":  "<html>Sorry, back soon.</html>",
		"another": `{"id": "1", "integratorKey": "int_other"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.env["INTEGRATOR_SECRET"] = "sk_test_wrong"
			f.Inject(emulator.Fault{Status: http.StatusOK, Body: profile, Times: -1}.On("GET", emulator.ProfilePath))
			f.terraform("import", address, f.Key()).has(1, "The secret cannot be imported")
		})
	}
}

// A new secret in a reply that is no HTTP is not quoted: newFixture has all that is
// printed and logged searched for it.
func TestMalformedReplyIsNotQuoted(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"no header block": "BODY\r\n\r\n",
		"odd length":      "HTTP/1.1 200 OK\r\nContent-Length: BODY\r\n\r\n",
		"odd status":      "HTTP/1.1 BODY\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.configure(resource{grace: 300})
			f.Inject(emulator.Fault{Times: -1, Raw: func(body []byte) []byte {
				return []byte(strings.ReplaceAll(form, "BODY", strings.TrimSpace(string(body))))
			}}.On("POST", emulator.RegeneratePath).After())
			f.apply().has(1, "The API secret may have been rotated, and its new value is lost")
			if len(f.Secrets()) < 2 {
				t.Error("no secret was made that could leak")
			}
		})
	}
}

// A secret that the API echoes is not shown, in whatever form.
func TestEchoedSecretIsNotShown(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(string) string{
		"for a URL":         func(s string) string { return strings.ReplaceAll(s, "_", "%5F") },
		"for JSON":          func(s string) string { return strings.ReplaceAll(s, "_", `\\u005f`) },
		"in base64":         func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"with a zero width": func(s string) string { return s[:9] + "\u200b" + s[9:] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			echoed := form(f.Secret())
			f.Inject(emulator.Problem(http.StatusBadRequest, emulator.ProblemInvalidRequest, "Bad", "You sent "+echoed+".").On("POST", emulator.RegeneratePath))
			result := f.apply()
			result.has(1, "The API secret was not rotated", "You sent (redacted)")
			result.lacks(echoed, echoed[len(echoed)/2:])
		})
	}
}

// What an env file or an empty variable leaves is named, and nothing is sent.
func TestWhatPipelinesPassIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ variable, value, says string }{
		"quotes around the secret": {"INTEGRATOR_SECRET", `"sk_test_x"`, "is in quotation marks"},
		"a byte order mark":        {"INTEGRATOR_SECRET", "\ufeffsk_test_x", "U+FEFF"},
		"a variable in the path":   {"INTEGRATOR_RECOVERY_DIR", "$HOME/recovery", "has a variable such as $HOME in it"},
		"a carriage return":        {"INTEGRATOR_RECOVERY_DIR", "/tmp/recovery\r", "a line break or another control character"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.env[c.variable] = c.value
			f.apply().has(1, "Invalid environment variable "+c.variable, c.says)
			if sent := len(f.Requests()); sent != 0 {
				t.Errorf("%d requests were sent", sent)
			}
		})
	}
}

// An empty list of recipients is refused, and before anything is sent if it turns
// out to be empty only in the apply.
func TestEmptyRecipients(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"as written":          "[]",
		"known in the apply":  "terraform_data.keys.output",
		"of a variable in CI": "var.keys",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.env["TF_VAR_keys"] = "[]"
			f.write("main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

variable "keys" {
  type    = list(string)
  default = null
}

resource "terraform_data" "keys" {
  input = tolist([])
}

resource "integrator_api_secret" "this" {
  recipients = %s
}`, list))
			f.apply().has(1, "The list is empty", "recipients = null")
			f.sent(0)
			f.env["TF_VAR_keys"] = "null"
			f.write("main.tf", strings.Replace(f.read("main.tf"), "recipients = "+list, "recipients = var.keys", 1))
			f.apply().has(0)
			f.stores(f.newest(), false)
		})
	}
}
