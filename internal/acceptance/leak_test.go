// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// expectNoLeak looks for every secret that the API has made in all that Terraform
// and the provider have printed and logged. It runs at the end of every test with
// a fixture.
func (f *fixture) expectNoLeak() {
	logs := f.logs
	if f.env["TF_LOG"] != "" {
		logs = append(logs, f.env["TF_LOG_PATH"])
	}
	for _, log := range logs {
		content, err := os.ReadFile(log)
		if err != nil {
			f.t.Error(err)
		}
		for number, secret := range f.Secrets() {
			if form := leaked(string(content), secret); form != "" {
				f.t.Errorf("%s has secret %d as %s", filepath.Base(log), number, form)
			}
		}
	}
}

// leaked names the form in which a text holds a secret; "" if it does not.
func leaked(text, secret string) string {
	switch {
	case strings.Contains(text, secret):
		return "text"
	case strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(secret))):
		return "hex"
	}
	for shift := range 3 { // where in a group of three bytes the secret begins
		bytes := append(make([]byte, shift), secret...)
		whole := bytes[:len(bytes)/3*3]
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			encoded := encoding.EncodeToString(whole)
			if shift > 0 {
				encoded = encoded[4:] // mixed with what comes before the secret
			}
			if strings.Contains(text, encoded) {
				return "base64"
			}
		}
	}
	return ""
}

func TestLeakIsFound(t *testing.T) {
	t.Parallel()
	const secret = "sk_test_PLANTED>>>???1234567"
	for form, text := range map[string]string{
		"text":       "a " + secret + " b",
		"hex":        hex.EncodeToString([]byte("a" + secret + "b")),
		"upper hex":  strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"base64":     base64.StdEncoding.EncodeToString([]byte(secret)),
		"shifted":    base64.StdEncoding.EncodeToString([]byte("a" + secret + "b")),
		"by two":     base64.RawURLEncoding.EncodeToString([]byte("ab" + secret)),
		"basic auth": "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret)),
	} {
		if leaked(text, secret) == "" {
			t.Errorf("not found as %s", form)
		}
	}
	if form := leaked("sk_test_other", secret); form != "" {
		t.Errorf("found as %s where it is not", form)
	}
}
