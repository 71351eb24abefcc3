// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// Guises returns a text in each way that a server may repeat it.
func Guises(text string) map[string]string {
	each := func(format string, some func(i int) bool) string {
		var out strings.Builder
		for i, b := range []byte(text) {
			if some(i) {
				_, _ = fmt.Fprintf(&out, format, b)
			} else {
				out.WriteByte(b)
			}
		}
		return out.String()
	}
	eachRune := func(format string, some func(i int) bool) string {
		var out strings.Builder
		for i, r := range text {
			if some(i) {
				_, _ = fmt.Fprintf(&out, format, r)
			} else {
				out.WriteRune(r)
			}
		}
		return out.String()
	}
	all := func(int) bool { return true }
	some := func(i int) bool { return i%3 == 1 }
	middle := len(text) / 2
	inside := func(what string) string { return text[:middle] + what + text[middle:] }
	std, raw, web := base64.StdEncoding.EncodeToString, base64.RawStdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	guises := map[string]string{
		"as it is":             text,
		"upper case":           strings.ToUpper(text),
		"title case":           strings.Title(text), //nolint:staticcheck // any other case will do
		"URL":                  url.QueryEscape(text),
		"URL, all":             each("%%%02X", all),
		"URL, lower case":      each("%%%02x", all),
		"URL, in part":         each("%%%02x", some),
		"URL, twice":           each("%%25%02x", all),
		"JSON":                 eachRune(`\u%04x`, all),
		"JSON, upper case":     eachRune(`\u%04X`, some),
		"JSON, in JSON":        eachRune(`\\u%04x`, some),
		"backslashes":          eachRune(`\%c`, func(i int) bool { return i > 0 && !strings.ContainsRune("bfnrtvux0", rune(text[i])) }),
		"bytes":                each(`\x%02x`, all),
		"HTML":                 html.EscapeString(text),
		"HTML, decimal":        eachRune("&#%d;", all),
		"HTML, padded":         eachRune("&#%05d;", some),
		"HTML, hex":            eachRune("&#x%x;", all),
		"HTML, upper-case hex": eachRune("&#X%X;", some),
		"HTML in a URL":        eachRune("%%26%%23%d%%3B", all),
		"hex":                  hex.EncodeToString([]byte(text)),
		"hex, upper case":      strings.ToUpper(hex.EncodeToString([]byte(text))),
		"hex, spaced":          strings.TrimSpace(each("%02x ", all)),
		"base64":               std([]byte(text)),
		"base64, in a URL":     url.QueryEscape(std([]byte(text))),
		"base64, in lines":     std([]byte(text))[:7] + "\n" + std([]byte(text))[7:],
		"a control character":  inside("\x07"),
		"NUL":                  inside("\x00"),
		"a line break":         inside("\r\n"),
		"a tab in JSON":        inside(`\t`),
		"zero width":           inside("\u200b"),
		"zero width, in a URL": inside("%E2%80%8B"),
		"a byte order mark":    inside("\ufeff"),
		"a soft hyphen":        inside("&shy;"),
		"a variation selector": inside("\ufe0f"),
		"not UTF-8":            inside("\xff"),
		"upside down":          strings.Join(strings.Split(text, ""), "\u202e"),
	}
	for i, before := range []string{"", "x", "xy"} {
		for j, after := range []string{"", "x", "xy"} {
			of := []byte(before + text + after)
			guises[fmt.Sprintf("base64 at %d, %d behind", i, j)] = raw(of)
			guises[fmt.Sprintf("base64 of URLs at %d, %d behind", i, j)] = web(of)
		}
	}
	return guises
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"sk_test_planted", `sk?>"<&'\/+ ~%_&1`, "sk_test_pläntéd☃", "abcdef"} {
		for name, guise := range Guises(secret) {
			t.Run(secret+", "+name, func(t *testing.T) {
				t.Parallel()
				for _, around := range [][2]string{{"", ""}, {"You sent ", ", no?"}, {"(", ")"}, {`C:\`, `\"`}, {"100% ", "%zz"}, {"&", ";"}, {"é", "é"}} {
					got := redact(around[0]+guise+around[1], apisecret.New("sk_other_secret"), apisecret.New(secret), apisecret.Secret{})
					if got != around[0]+apisecret.Redacted+around[1] {
						t.Errorf("between %q: %q", around, got)
					}
				}
			})
		}
	}
}

func TestRedactNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, want string
		secrets    []string
	}{
		{"", "", []string{"sk_test_planted"}},
		{"%", "%", []string{"sk_test_planted"}},
		{`\`, `\`, []string{"sk_test_planted"}},
		{`\u12 \x1 %4 &#; & &amp; %C3`, `\u12 \x1 %4 &#; & &amp; %C3`, []string{"sk_test_planted"}},
		{"sk_test_plante", "sk_test_plante", []string{"sk_test_planted"}},
		{"no key, NO KEY, n o k", "(redacted) key, NO KEY, n o k", []string{"no"}}, // short: only as it is
		{"a b c d", "a b c d", []string{" \t\n\u200b\u200b\u200b\u200b"}},
		{"one two one", "(redacted) two (redacted)", []string{"one"}},
		{"sk_test_12 sk_test_1", "(redacted) (redacted)", []string{"sk_test_1", "sk_test_12"}},
		{"aaaaa", "(redacted)", []string{"aa"}},
		{"ababa", "(redacted)", []string{"ab", "ba"}},
		{"first second", "(redacted) (redacted)", []string{"second", "first", "second"}},
	} {
		var secrets []apisecret.Secret
		for _, s := range tt.secrets {
			secrets = append(secrets, apisecret.New(s))
		}
		if got := redact(tt.text, secrets...); got != tt.want {
			t.Errorf("%q without %q: %q", tt.text, tt.secrets, got)
		}
	}
}
