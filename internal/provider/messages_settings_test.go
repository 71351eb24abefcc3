// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"filippo.io/age"
)

// badSetting is a value that a setting refuses. The variable is "" where there is
// none.
type badSetting struct {
	name, variable string
	value          any
	is             string
}

func badSettings() []badSetting {
	return []badSetting{
		{"integrator_key", "INTEGRATOR_KEY", "sk_test_123", "a secret"},
		{"integrator_key", "INTEGRATOR_KEY", "int_ 123", "two words"},
		{"integrator_secret", configured, wrong + "\n", "a line with its break"},
		{"integrator_key", "INTEGRATOR_KEY", `"int_1a2b3c"`, "in quotation marks"},
		{"integrator_secret", configured, "'" + wrong + "'", "in quotation marks"},
		{"integrator_secret", configured, "\ufeff" + wrong, "a byte order mark and a word"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", " ak_123", "a word after a blank"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_1\t23", "two words"},
		{"environment", "INTEGRATOR_ENVIRONMENT", "staging", "staging"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "sandbox.spritz.finance", "no URL"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "http://sandbox.spritz.finance", "a URL with http"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://me:word@example.com", "a URL with a password"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/v1", "a URL with a path"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com?a=b", "a URL with a query"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/#a", "a URL with a fragment"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "~/recovery", "a path for a shell"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "$HOME/recovery", "a path with a variable"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "/var/lib/integrator\r", "a path with a carriage return"},
		{"age_identity", ageKey, "nonsense", "nonsense"},
		{"age_identity", ageKey, "-----BEGIN OPENSSH PRIVATE KEY-----", "the first line of a key"},
		{"age_identity", ageKey, `-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n`, "a key with \\n for line breaks"},
		{"max_retries", "", 11, "11"},
		{"request_timeout", "", "soon", "soon"},
		{"request_timeout", "", "16m", "16m"},
	}
}

// badArgument is an argument that a type refuses.
type badArgument struct {
	typeName, name string
	value          any
	is             string
}

func badArguments(t *testing.T) []badArgument {
	t.Helper()
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	return []badArgument{
		{"api_secret", grace, 3601, "3601"},
		{"api_secret", "rotate_after_days", 0, "0"},
		{"api_secret", "recipients", []string{"nonsense"}, "nonsense"},
		{"api_secret", "recipients", []string{recipient, "AGE-SECRET-KEY-1"}, "a public key and a private one"},
		{"api_secret", "recipients", []string{"age1nonsense"}, "a broken key"},
		{"api_secret", "recipients", []string{recipient, postQuantum(t)}, "a mix of keys"},
		{"api_secret", "recipients", []string{}, "empty"},
		{"webhook", "url", "http://example.com", "a URL with http"},
		{"webhook", "url", "", "empty"},
		{"webhook_secret", "secret_wo", payloadSecret + "\n", "a line with its break"},
		{"webhook_secret", "secret_wo", payloadSecret + "\u200b", "a word and a zero-width space"},
	}
}

func settingMessages(t *testing.T) (entries []entry) {
	entries = append(entries, message("The settings that must be set are not", func(s *session) {
		s.setenv("INTEGRATOR_KEY", "")
		s.setenv(configured, "")
		s.plan()
	}))
	entries = append(entries, message("INTEGRATOR_IDENTITY is set", func(s *session) {
		s.setenv("INTEGRATOR_IDENTITY", newKey(s.t).identity)
		s.plan()
	}))
	for _, bad := range badSettings() {
		entries = append(entries, message(bad.name+" is "+bad.is, func(s *session) {
			s.settings[bad.name] = bad.value
			s.plan()
		}))
		if bad.variable == "" {
			continue
		}
		entries = append(entries, message(bad.variable+" is "+bad.is, func(s *session) {
			s.setenv("INTEGRATOR_ENDPOINT", "") // which overrides the environment
			s.setenv(bad.variable, fmt.Sprint(bad.value))
			s.plan()
		}))
	}
	for _, bad := range badArguments(t) {
		entries = append(entries, message(fmt.Sprintf("%s of integrator_%s is %s", bad.name, bad.typeName, bad.is), func(s *session) {
			b := map[string]func() *block{
				"api_secret": func() *block { return s.apiSecret(nil) }, "webhook": s.webhook, "webhook_secret": s.webhookSecret,
			}[bad.typeName]()
			b.config[bad.name] = bad.value
			s.plan()
		}))
	}
	return append(entries,
		message("user_api_key of integrator_access_token has a line break", func(s *session) {
			s.open("access_token", args{"user_api_key": "ak_demo\n"})
		}),
		message("expires_in of integrator_access_token is 3601", func(s *session) {
			s.open("access_token", args{"user_api_key": "ak_demo", "expires_in": 3601})
		}),
		message("age_identity of integrator_decrypted_secret is nonsense", func(s *session) {
			s.open("decrypted_secret", args{"ciphertext": "x", "age_identity": "nonsense"})
		}))
}

// postQuantum is a public key that cannot be used together with others.
func postQuantum(t *testing.T) string {
	t.Helper()
	identity, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.Recipient().String()
}
