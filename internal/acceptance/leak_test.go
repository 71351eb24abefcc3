// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// expectNoLeak looks for every secret that the API has made in all files of the
// folder: what Terraform and the provider have printed and logged, and the recovery
// folder. Only a state may hold one, and a saved plan, which has a state in it. It
// runs at the end of every test with a fixture.
func (f *fixture) expectNoLeak() {
	for _, root := range []string{f.folder, f.recoveryFolder()} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			name := filepath.Base(path)
			if err != nil || !entry.Type().IsRegular() || strings.Contains(name, ".tfstate") || strings.HasSuffix(name, ".plan") {
				return nil
			}
			content, err := os.ReadFile(path)
			for number, secret := range f.Secrets() {
				if form := leaked(string(content), secret); form != "" {
					f.t.Errorf("%s has secret %d as %s", name, number, form)
				}
			}
			return err
		})
		if err != nil {
			f.t.Error(err)
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
