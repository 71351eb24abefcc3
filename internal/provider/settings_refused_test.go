// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"
)

// Bad input is refused by the plan, before anything is sent. The error names the
// attribute or the variable where its value came from, and the way out.
// TestBadInputIsRefused has one of each kind on a real Terraform.
func TestEachBadInputIsRefused(t *testing.T) {
	t.Parallel()
	const (
		swapped     = "looks like an API secret: the key, such as int_1a2b3c, is stored and shown in plaintext"
		noHeader    = "has white space or characters outside ASCII"
		spaced      = "begins or ends with white space, often a line break from a file"
		oneLine     = "is a private key that has lost its line breaks (blanks, or \\n as two characters, stand in their place)"
		environment = "must be one of production, sandbox"
		duration    = "must be a Go duration between 1s and 15m0s, such as 30s or 2m"
	)
	type environ = map[string]string
	refuse := func(name string, env environ, settings, arguments args, phrases ...string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.setenvs(env)
			s.settings = settings
			s.apiSecret(arguments)
			_, ok := s.plan()
			s.expectError(ok, phrases...)
			s.expectNothingSent()
		})
	}

	for _, tt := range []struct{ setting, variable, value, problem string }{
		{"integrator_key", "INTEGRATOR_KEY", "sk_test_123", swapped},
		{"integrator_key", "INTEGRATOR_KEY", "int_ 123", noHeader},
		{"integrator_key", "INTEGRATOR_KEY", "int_123\n", noHeader},
		{"integrator_secret", "INTEGRATOR_SECRET", "sk_test_123\n", spaced},
		{"integrator_secret", "INTEGRATOR_SECRET", " sk_test_123", spaced},
		{"integrator_secret", "INTEGRATOR_SECRET", "\ufeffsk_test_123", "begins or ends with the byte order mark U+FEFF, which nobody sees"},
		{"integrator_secret", "INTEGRATOR_SECRET", "sk_test_123\u200d", "begins or ends with the character U+200D, which nobody sees"},
		{"integrator_secret", "INTEGRATOR_SECRET", "'sk_test_123'", "is in quotation marks"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_123\u200b", "begins or ends with the zero-width space U+200B, which nobody sees"},
		{"integrator_key", "INTEGRATOR_KEY", `"int_123"`, "is in quotation marks"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "${HOME}/recovery", "has a variable such as $HOME in it"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", `%USERPROFILE%\recovery`, "has a variable such as $HOME in it"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "/var/recovery\r", "has a line break or another control character in it"},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_123\n", spaced},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_1\t23", noHeader},
		{"environment", "INTEGRATOR_ENVIRONMENT", "staging", environment},
		{"environment", "INTEGRATOR_ENVIRONMENT", "Production", environment},
		{"endpoint", "INTEGRATOR_ENDPOINT", "sandbox.spritz.finance", "must be an absolute URL such as https://sandbox.spritz.finance"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "http://sandbox.spritz.finance", "must use https; http is for a loopback host only"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "ftp://127.0.0.1", "must use https"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://me:word@example.com", "must not contain a user name or password"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/v1", "must not contain a path"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com?a=b", "must not contain a query"},
		{"endpoint", "INTEGRATOR_ENDPOINT", "https://example.com/#a", "must not contain a fragment"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "~/recovery", "begins with ~, which only a shell expands"},
		{"age_identity", "INTEGRATOR_AGE_IDENTITY", `# public key: age1x\nAGE-SECRET-KEY-1X\n`, oneLine},
		{"age_identity", "INTEGRATOR_AGE_IDENTITY", "-----BEGIN OPENSSH PRIVATE KEY----- b3Bl -----END OPENSSH PRIVATE KEY-----", oneLine},
		{"age_identity", "INTEGRATOR_AGE_IDENTITY", "nonsense", "is neither an age identity (AGE-SECRET-KEY-1…) nor an SSH private key"},
	} {
		name := tt.setting + ": " + tt.problem
		refuse(name, nil, args{tt.setting: tt.value}, nil,
			"Invalid "+tt.setting, "The value of "+tt.setting+" "+tt.problem)
		env := environ{tt.variable: tt.value}
		if tt.setting == "environment" {
			env["INTEGRATOR_ENDPOINT"] = "" // which would override it
		}
		refuse(tt.variable+": "+tt.problem, env, args{}, nil,
			"Invalid environment variable "+tt.variable,
			"The environment variable "+tt.variable+", which stands in for "+tt.setting+", "+tt.problem)
	}

	// A function is a remedy in a configuration only.
	for _, tt := range []struct{ setting, variable, value, inConfiguration, inEnvironment string }{
		{"integrator_secret", "INTEGRATOR_SECRET", "sk_test_123\n", "wrap it in trimspace(…)", `in a shell for example to "$(cat <file>)"`},
		{"user_api_key", "INTEGRATOR_USER_API_KEY", "ak_123 ", "wrap it in trimspace(…)", `in a shell for example to "$(cat <file>)"`},
		{"integrator_key", "INTEGRATOR_KEY", `"int_123"`, "write it without a second pair", "docker --env-file"},
		{"recovery_dir", "INTEGRATOR_RECOVERY_DIR", "~/recovery", "wrap it in pathexpand(…)", "write the path out"},
		{"age_identity", "INTEGRATOR_AGE_IDENTITY", `-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl`, "read it with file(", "set it in a shell, in quotes"},
	} {
		refuse(tt.setting+": "+tt.inConfiguration, nil, args{tt.setting: tt.value}, nil, "The value of "+tt.setting, tt.inConfiguration)
		refuse(tt.variable+": "+tt.inEnvironment, environ{tt.variable: tt.value}, args{}, nil, "The environment variable "+tt.variable, tt.inEnvironment)
	}

	for _, settings := range []args{{}, {"integrator_key": ""}} {
		refuse(fmt.Sprintf("missing: %v", settings), environ{"INTEGRATOR_KEY": ""}, settings, nil,
			"Missing integrator_key", "Set integrator_key in the provider block, or the environment variable INTEGRATOR_KEY")
	}

	refuse("a variable that is neither true nor false", environ{"INTEGRATOR_SKIP_RECOVERY": "yes"}, nil, nil,
		"Invalid environment variable INTEGRATOR_SKIP_RECOVERY", "must be true or false")

	for name, settings := range map[string]args{"alone": {}, "beside the setting": {"age_identity": newKey(t).identity}} {
		refuse("the old name of a variable "+name, environ{"INTEGRATOR_IDENTITY": "nonsense"}, settings, nil,
			"The environment variable INTEGRATOR_IDENTITY is set, but was renamed to INTEGRATOR_AGE_IDENTITY (age_identity in the configuration)")
	}

	for _, tt := range []struct {
		setting string
		value   any
		problem string
	}{
		{"max_retries", -1, "Attribute max_retries value must be between 0 and 10, got: -1"},
		{"max_retries", 11, "Attribute max_retries value must be between 0 and 10, got: 11"},
		{"request_timeout", "soon", "The value of request_timeout " + duration},
		{"request_timeout", "30", "The value of request_timeout " + duration},
		{"request_timeout", "999ms", "The value of request_timeout " + duration},
		{"request_timeout", "16m", "The value of request_timeout " + duration},
	} {
		refuse(fmt.Sprintf("%s = %v", tt.setting, tt.value), nil, args{tt.setting: tt.value}, nil, tt.problem)
	}
	for _, tt := range []struct {
		argument string
		value    int
		problem  string
	}{
		{"old_secret_valid_for_seconds", -1, "Attribute old_secret_valid_for_seconds value must be between 0 and 3600, got: -1"},
		{"old_secret_valid_for_seconds", 3601, "Attribute old_secret_valid_for_seconds value must be between 0 and 3600, got: 3601"},
		{"rotate_after_days", 0, "Attribute rotate_after_days value must be between 1 and 3650, got: 0"},
		{"rotate_after_days", 3651, "Attribute rotate_after_days value must be between 1 and 3650, got: 3651"},
	} {
		refuse(fmt.Sprintf("%s = %d", tt.argument, tt.value), nil, args{}, args{tt.argument: tt.value}, tt.problem)
	}
}
