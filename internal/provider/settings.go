// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// The provider's settings that are strings.
const (
	settingKey            = "integrator_key"
	settingSecret         = "integrator_secret"
	settingUserAPIKey     = "user_api_key"
	settingEnvironment    = "environment"
	settingEndpoint       = "endpoint"
	settingRequestTimeout = "request_timeout"
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
	}
	return ""
}

func fromEnvironment(setting string) string {
	return fmt.Sprintf("Can also be set with the environment variable `%s`.", environmentVariable(setting))
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// clientConfig resolves the settings: configuration before environment, empty
// is unset. Settings that are unknown yet are named in unknown, and the config
// is of no use then.
func (p *integratorProvider) clientConfig(model providerModel) (config client.Config, unknown []string, diags diag.Diagnostics) {
	config = client.Config{Clock: p.options.Clock, RetryWait: p.options.RetryWait, Sleep: p.options.Sleep}

	// resolve returns a setting's value, "" where it is not set or unknown.
	resolve := func(setting string, value types.String, check func(string) error) string {
		if value.IsUnknown() {
			unknown = append(unknown, setting)
			return ""
		}
		if value.ValueString() != "" {
			return value.ValueString() // checked by the schema's validator
		}
		variable := environmentVariable(setting)
		text := ""
		if variable != "" {
			text = p.options.Getenv(variable)
		}
		if text != "" {
			if err := check(text); err != nil {
				diags.AddAttributeError(path.Root(setting), "Invalid environment variable "+variable,
					fmt.Sprintf("The environment variable %s, which stands in for %s, %s.", variable, setting, err))
			}
		}
		return text
	}
	isUnknown := func(setting string) bool { return slices.Contains(unknown, setting) }

	config.IntegratorKey = resolve(settingKey, model.IntegratorKey, checkKey)
	if config.IntegratorKey == "" && !isUnknown(settingKey) {
		diags.Append(missing(settingKey, "key of the integrator, such as int_1a2b3c"))
	}
	secret := resolve(settingSecret, model.IntegratorSecret, checkSecret)
	if secret == "" && !isUnknown(settingSecret) {
		diags.Append(missing(settingSecret, "integrator's API secret"))
	}
	config.Secret = client.NewSecret(secret)
	config.UserAPIKey = client.NewSecret(resolve(settingUserAPIKey, model.UserAPIKey, checkUserAPIKey))

	endpoint := resolve(settingEndpoint, model.Endpoint, checkEndpoint)
	if endpoint == "" && !isUnknown(settingEndpoint) {
		environment := resolve(settingEnvironment, model.Environment, checkEnvironment)
		if environment == "" {
			environment = client.Production
		}
		config.Endpoint, _ = client.EnvironmentEndpoint(environment) // checked
	} else {
		config.Endpoint, _ = client.ParseEndpoint(endpoint) // checked
	}

	config.MaxRetries = client.DefaultMaxRetries
	if model.MaxRetries.IsUnknown() {
		unknown = append(unknown, "max_retries")
	} else if !model.MaxRetries.IsNull() {
		config.MaxRetries = int(model.MaxRetries.ValueInt64())
	}
	config.RequestTimeout, _ = time.ParseDuration(resolve(settingRequestTimeout, model.RequestTimeout, checkRequestTimeout)) // checked; 0 is the default
	return config, unknown, diags
}

// missing is the error for a required setting.
func missing(setting, what string) diag.Diagnostic {
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

func checkRequestTimeout(timeout string) error {
	d, err := time.ParseDuration(timeout)
	if err != nil || d < minRequestTimeout || d > maxRequestTimeout {
		return fmt.Errorf("must be a Go duration between %s and %s, such as 30s or 2m", minRequestTimeout, maxRequestTimeout)
	}
	return nil
}
