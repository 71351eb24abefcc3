// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Every path, with all logs on, and an API that repeats what it was sent: no
// secret, bearer key or signature is in what Terraform prints or logs. The
// state and "show -json" hold the secret by design.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	const bearer = "ak_5up3r53cr3t"
	config := func(trigger int) string {
		return secretResource(fmt.Sprintf("old_secret_valid_for_seconds = 3600\nrotate_when_changed = { a = %d }", trigger)) + `
			data "integrator_profile" "test" {}
			output "secret" {
				value     = integrator_api_secret.test.secret
				sensitive = true
			}`
	}
	c := newCLI(t, emulator.Options{UserAPIKey: bearer}, config(1))
	c.env = append(c.env, "TF_LOG=TRACE")
	bootstrap := c.Secret()
	secrets := []string{bearer, bootstrap}
	var output strings.Builder
	run := func(exitCode int, command string, args ...string) {
		t.Helper()
		output.WriteString(c.terraform(exitCode, command, args...))
		if newest := c.Secret(); !slices.Contains(secrets, newest) {
			secrets = append(secrets, newest)
		}
	}
	echo := func(status int, problemType, signer string) emulator.Fault {
		return emulator.Problem(status, problemType, bearer, "You sent "+signer+" and "+bearer+".", map[string]any{"code": signer})
	}

	run(0, "plan", "-out=saved.plan")
	run(0, "show", "saved.plan")
	run(0, "apply", "saved.plan")
	run(0, "plan")
	run(0, "show")
	run(0, "output")

	c.write(config(2))
	c.Inject(onRotation(emulator.TooManyRequests("")))
	run(0, "plan", "-out=saved.plan")
	run(0, "show", "saved.plan")
	run(0, "apply", "saved.plan")
	run(0, "apply", "-auto-approve", "-replace="+address)

	c.write(config(3))
	for _, fault := range []emulator.Fault{
		echo(http.StatusUnauthorized, emulator.ProblemInvalidToken, c.Secret()),
		echo(http.StatusForbidden, emulator.ProblemForbidden, c.Secret()),
		{Body: `{"Secret": ["` + c.Secret() + `"]}`},
	} {
		c.Inject(onRotation(fault))
		run(1, "apply", "-auto-approve")
	}
	c.Inject(echo(http.StatusForbidden, emulator.ProblemForbidden, bootstrap).On(http.MethodGet, emulator.ProfilePath))
	run(1, "plan", "-target=data.integrator_profile.test")
	c.Inject(echo(http.StatusForbidden, emulator.ProblemForbidden, c.Secret()).On(http.MethodGet, emulator.ProfilePath))
	run(0, "plan", "-refresh-only", "-target="+address)
	c.Inject(onRotation(emulator.Fault{Rewrite: func(reply map[string]any) { reply["oldSecretExpiresAt"] = reply["secret"] }}))
	run(0, "apply", "-auto-approve")

	swapped := slices.Clone(c.env)
	for _, variable := range []string{"INTEGRATOR_KEY=" + c.Secret(), "INTEGRATOR_SECRET= " + c.Secret(), "INTEGRATOR_ENDPOINT=https://me:" + c.Secret() + "@example.com"} {
		c.env = append(slices.Clone(swapped), variable)
		run(1, "plan")
	}
	c.env = swapped
	run(0, "destroy", "-auto-approve")

	for _, request := range c.Requests() {
		secrets = append(secrets, strings.TrimPrefix(request.Signature, "sha256="))
	}
	printed := output.String()
	for i, secret := range secrets {
		for _, form := range encodings(secret) {
			if at := strings.Index(printed, form); at >= 0 {
				line := printed[strings.LastIndex(printed[:at], "\n")+1 : at]
				t.Errorf("secret %d of %d is in the output, after %q", i, len(secrets), line)
			}
		}
	}
	expectLogged(t, printed, "the API answered", "method=POST", "path="+emulator.RegeneratePath, "status=200", "attempt=2", "duration_ms=", "request_id=")
	expectLogged(t, printed, "the API answered", "method=POST", "path="+emulator.RegeneratePath, "status=429", "attempt=1", "duration_ms=", "request_id=")
	expectLogged(t, printed, "the API answered", "method=GET", "path="+emulator.ProfilePath, "status=200", "attempt=1", "duration_ms=", "request_id=")
}

// expectLogged checks that one line has all of the parts.
func expectLogged(t *testing.T, output string, parts ...string) {
	t.Helper()
	for line := range strings.Lines(output) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			return
		}
	}
	t.Errorf("no line has all of %q", parts)
}

// encodings are the forms in which a secret may hide: as it is, in hex, and in
// base64 wherever in the encoded text it begins.
func encodings(secret string) []string {
	forms := []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret)))}
	for before := range 3 {
		padded := append(make([]byte, before), secret...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(padded)
			// The first and the last characters may hold bits of what is around.
			forms = append(forms, encoded[(before*8+5)/6:len(padded)*8/6])
		}
	}
	return forms
}

func TestEncodingsAreFound(t *testing.T) {
	t.Parallel()
	const secret = "sk_test_5up3r53cr3t?>"
	for before := range 4 {
		text := []byte("around"[:before] + secret + "around"[before:])
		for name, encoded := range map[string]string{
			"text":       string(text),
			"hex":        hex.EncodeToString(text),
			"base64":     base64.StdEncoding.EncodeToString(text),
			"URL base64": base64.URLEncoding.EncodeToString(text),
		} {
			if !slices.ContainsFunc(encodings(secret), func(form string) bool { return strings.Contains(encoded, form) }) {
				t.Errorf("in %s, after %d bytes, it is not found", name, before)
			}
		}
	}
}
