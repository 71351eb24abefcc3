// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// The checks finish the sentence "the value …"; none repeats a value that may be
// a secret.

// badValue is something wrong with a value whose remedy depends on where the value
// comes from: functions are there in a configuration only.
type badValue struct {
	problem         string
	inConfiguration string // what to write there
	inEnvironment   string // what to set the variable to
}

func (e *badValue) Error() string { return e.problem + ": " + e.inConfiguration }

// aboutVariable finishes the sentence "the environment variable …".
func aboutVariable(err error) string {
	if bad, ok := errors.AsType[*badValue](err); ok {
		return bad.problem + ": " + bad.inEnvironment
	}
	return err.Error()
}

func checkKey(key string) error {
	if err := checkQuotes(key); err != nil {
		return err
	}
	if strings.HasPrefix(key, "sk_") {
		return errors.New("looks like an API secret: the key, such as int_1a2b3c, is stored and shown in plaintext")
	}
	return checkHeader(key)
}

func checkSecret(secret string) error {
	if err := checkQuotes(secret); err != nil {
		return err
	}
	if strings.TrimSpace(secret) != secret {
		return &badValue{
			"begins or ends with white space, often a line break from a file",
			"wrap it in trimspace(…)",
			`set it without, in a shell for example to "$(cat <file>)", which leaves line breaks at the end out`,
		}
	}
	if r, found := apisecret.InvisibleEnd(secret); found {
		return fmt.Errorf("begins or ends with %s, which nobody sees and no secret has, often from a file or a clipboard: remove it", invisibleName(r))
	}
	return nil
}

func invisibleName(r rune) string {
	name := map[rune]string{'\u200b': "zero-width space", '\u2060': "word joiner", '\ufeff': "byte order mark"}[r]
	return fmt.Sprintf("the %s %U", cmp.Or(name, "character"), r)
}

func checkUserAPIKey(key string) error {
	if err := checkSecret(key); err != nil {
		return err
	}
	return checkHeader(key)
}

func checkHeader(value string) error {
	for _, r := range value {
		if r <= ' ' || r > '~' {
			return errors.New("has white space or characters outside ASCII: it is sent as an HTTP header")
		}
	}
	return nil
}

func checkEnvironment(environment string) error {
	_, err := client.EnvironmentEndpoint(environment)
	return err
}

func checkEndpoint(endpoint string) error {
	_, err := client.ParseEndpoint(endpoint)
	return err
}

// checkQuotes refuses quotation marks that an env file has left around a value.
func checkQuotes(value string) error {
	if len(value) > 1 && value[0] == value[len(value)-1] && strings.ContainsAny(value[:1], `"'`) {
		return &badValue{
			"is in quotation marks",
			"write it without a second pair, or take them off where it comes from",
			"write it without them, since docker --env-file and its kind keep them",
		}
	}
	return nil
}

func checkRecoveryDir(folder string) error {
	switch {
	case strings.HasPrefix(folder, "~"):
		return &badValue{
			"begins with ~, which only a shell expands",
			"wrap it in pathexpand(…)",
			"write the path out, or leave it unquoted in a shell",
		}
	case regexp.MustCompile(`\$\{?\w|%\w+%`).MatchString(folder):
		return errors.New("has a variable such as $HOME in it, which only a shell expands: write the path out")
	case strings.ContainsFunc(folder, unicode.IsControl):
		return errors.New("has a line break or another control character in it, perhaps from a file with Windows line ends: write the path without it")
	}
	return checkQuotes(folder)
}

func checkAgeIdentity(identity string) error {
	_, err := envelope.ParseAgeIdentity(identity)
	if errors.Is(err, envelope.ErrLineBreaksLost) {
		return &badValue{
			"is a private key that has lost its line breaks (blanks, or \\n as two characters, stand in their place)",
			`read it with file("<path>"), or put them back with replace(…, "\\n", "\n")`,
			`set it in a shell, in quotes, to "$(cat <file>)"; where a value cannot have line breaks, as with docker --env-file, use the one line of an age identity that begins with AGE-SECRET-KEY-1`,
		}
	}
	return err
}

func checkRequestTimeout(timeout string) error {
	d, err := time.ParseDuration(timeout)
	if err != nil || d < minRequestTimeout || d > maxRequestTimeout {
		return fmt.Errorf("must be a Go duration between %s and %s, such as 30s or 2m", minRequestTimeout, maxRequestTimeout)
	}
	return nil
}
