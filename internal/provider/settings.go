// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// The provider's settings, by their attribute names.
const (
	settingKey            = "integrator_key"
	settingSecret         = "integrator_secret"
	settingUserAPIKey     = "user_api_key"
	settingEnvironment    = "environment"
	settingEndpoint       = "endpoint"
	settingRequestTimeout = "request_timeout"
	settingRecoveryDir    = "recovery_dir"
	settingIdentity       = "identity"

	settingMaxRetries                = "max_retries"
	settingSkipCredentialsValidation = "skip_credentials_validation"
)

const (
	maxMaxRetries     = 10
	minRequestTimeout = time.Second
	maxRequestTimeout = 15 * time.Minute
)

// environmentVariable is where a setting comes from when the configuration has
// none; "" for those that have no variable.
func environmentVariable(setting string) string {
	switch setting {
	case settingKey:
		return "INTEGRATOR_KEY"
	case settingSecret:
		return "INTEGRATOR_SECRET"
	case settingUserAPIKey:
		return "INTEGRATOR_USER_API_KEY"
	case settingEnvironment:
		return "INTEGRATOR_ENVIRONMENT"
	case settingEndpoint:
		return "INTEGRATOR_ENDPOINT"
	case settingRecoveryDir:
		return "INTEGRATOR_RECOVERY_DIR"
	case settingIdentity:
		return "INTEGRATOR_IDENTITY"
	}
	return ""
}

// fromEnvironment and inEnvironment name the variable in a description and in a
// message.
func fromEnvironment(setting string) string {
	return fmt.Sprintf("Can also be set with the environment variable `%s`.", environmentVariable(setting))
}

func inEnvironment(setting string) string {
	return fmt.Sprintf("It can also be set with the environment variable %s.", environmentVariable(setting))
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Clock == nil {
		o.Clock = time.Now //nolint:forbidigo // where the clock comes from
	}
	if o.BeginRotation == nil {
		o.BeginRotation = func() func() { return func() {} }
	}
	return o
}

// settings are the provider's settings, resolved. Those that are not known
// during this plan are named in unknown; the rest is of no use then.
type settings struct {
	client      client.Config
	recoveryDir string
	identity    envelope.AgeIdentity
	unknown     []string
}

// resolve takes the settings from the configuration or else the environment; an
// empty value counts as unset.
func (p *integratorProvider) resolve(model providerModel) (settings, diag.Diagnostics) {
	s := settings{client: client.Config{Clock: p.options.Clock, RetryWait: p.options.RetryWait, Sleep: p.options.Sleep}}
	var diags diag.Diagnostics

	// text returns a setting, "" where it is not set or not known.
	text := func(setting string, configured types.String, check func(string) error) string {
		variable := environmentVariable(setting)
		switch {
		case configured.IsUnknown():
			s.unknown = append(s.unknown, setting)
			return ""
		case configured.ValueString() != "":
			return configured.ValueString() // checked by the schema's validator
		case variable == "":
			return ""
		}
		value := p.options.Getenv(variable)
		if value == "" {
			return ""
		}
		if err := check(value); err != nil {
			diags.AddAttributeError(path.Root(setting), "Invalid environment variable "+variable,
				fmt.Sprintf("The environment variable %s, which stands in for %s, %s.", variable, setting, err))
		}
		return value
	}
	required := func(setting string, configured types.String, check func(string) error, what string) string {
		value := text(setting, configured, check)
		if value == "" && !configured.IsUnknown() {
			diags.Append(missingSetting(setting, what))
		}
		return value
	}

	s.client.IntegratorKey = required(settingKey, model.IntegratorKey, checkKey, "key of the integrator, such as int_1a2b3c")
	s.client.Secret = apisecret.New(required(settingSecret, model.IntegratorSecret, checkSecret, "integrator's API secret"))
	s.client.UserAPIKey = apisecret.New(text(settingUserAPIKey, model.UserAPIKey, checkUserAPIKey))
	s.recoveryDir = text(settingRecoveryDir, model.RecoveryDir, checkRecoveryDir)

	// The checks have passed where an error is dropped below, or there are
	// diagnostics, or the setting is unknown.
	if identity := text(settingIdentity, model.Identity, checkIdentity); identity != "" {
		s.identity, _ = envelope.ParseAgeIdentity(identity)
	}
	if endpoint := text(settingEndpoint, model.Endpoint, checkEndpoint); endpoint != "" || model.Endpoint.IsUnknown() {
		s.client.Endpoint, _ = client.ParseEndpoint(endpoint)
	} else {
		environment := cmp.Or(text(settingEnvironment, model.Environment, checkEnvironment), client.Production)
		s.client.Endpoint, _ = client.EnvironmentEndpoint(environment)
	}
	s.client.RequestTimeout, _ = time.ParseDuration(text(settingRequestTimeout, model.RequestTimeout, checkRequestTimeout))

	s.client.MaxRetries = client.DefaultMaxRetries
	if !model.MaxRetries.IsNull() {
		s.client.MaxRetries = int(model.MaxRetries.ValueInt64())
	}
	if model.MaxRetries.IsUnknown() {
		s.unknown = append(s.unknown, settingMaxRetries)
	}
	if model.SkipCredentialsValidation.IsUnknown() {
		s.unknown = append(s.unknown, settingSkipCredentialsValidation)
	}
	return s, diags
}

// missingSetting is the error for a required setting.
func missingSetting(setting, what string) diag.Diagnostic {
	variable := environmentVariable(setting)
	return diag.NewAttributeErrorDiagnostic(path.Root(setting), "Missing "+setting,
		fmt.Sprintf("The provider needs the %s. Set %s in the provider block, or the environment variable %s; an empty value counts as unset.", what, setting, variable))
}

// The checks finish the sentence "the value …"; none repeats a value that may be
// a secret.

func checkKey(key string) error {
	if strings.HasPrefix(key, "sk_") {
		return errors.New("looks like an API secret: the key, such as int_1a2b3c, is stored and shown in the clear")
	}
	return checkHeader(key)
}

func checkSecret(secret string) error {
	if strings.TrimSpace(secret) != secret {
		return errors.New("begins or ends with white space, often a line break from a file: wrap it in trimspace(…)")
	}
	return nil
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

func checkRecoveryDir(folder string) error {
	if strings.HasPrefix(folder, "~") {
		return errors.New("begins with ~, which only a shell expands: wrap it in pathexpand(…)")
	}
	return nil
}

func checkIdentity(identity string) error {
	_, err := envelope.ParseAgeIdentity(identity)
	return err
}

func checkRequestTimeout(timeout string) error {
	d, err := time.ParseDuration(timeout)
	if err != nil || d < minRequestTimeout || d > maxRequestTimeout {
		return fmt.Errorf("must be a Go duration between %s and %s, such as 30s or 2m", minRequestTimeout, maxRequestTimeout)
	}
	return nil
}
