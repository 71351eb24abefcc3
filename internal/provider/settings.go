// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/client"
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
	settingAgeIdentity    = "age_identity"

	settingMaxRetries                = "max_retries"
	settingSkipCredentialsValidation = "skip_credentials_validation"
	settingSkipRecovery              = "skip_recovery"
)

const (
	maxMaxRetries     = 10
	minRequestTimeout = time.Second
	maxRequestTimeout = 15 * time.Minute
)

// setting is one of the provider's settings that are text.
type setting struct {
	name        string
	variable    string // where it comes from when the configuration has none; "" for nowhere
	oldVariable string // an older name of the variable, which is refused; "" for none
	check       func(string) error
	description string
	sensitive   bool
	required    string // what the provider needs it for; "" where it is optional
}

// settings lists those that are text.
func settings() []setting {
	return []setting{
		{
			name: settingKey, variable: "INTEGRATOR_KEY", check: checkKey,
			required:    "key of the integrator, such as int_1a2b3c",
			description: "Key of the integrator to act for, such as `int_1a2b3c`. It must be set, and is no secret.",
		},
		{
			name: settingSecret, variable: "INTEGRATOR_SECRET", check: checkSecret, sensitive: true,
			description: "API secret of the integrator, such as `sk_live_…`. The first apply and an import need it to be live. From then on the secret in the state of `integrator_api_secret` signs its rotations, and this one may expire, or be left out. The other types, and a replacement with `create_before_destroy`, cannot see that state and need this one to be live. Do not set it to a made-up value: without `recipients`, it also seals and opens what the recovery folder holds. Without it and without `recipients`, the folder covers rotations in place only.",
		},
		{
			name: settingUserAPIKey, variable: "INTEGRATOR_USER_API_KEY", check: checkUserAPIKey, sensitive: true,
			description: "User API key, such as `ak_…`, sent as bearer token beside the signature. Leave it out if the platform gave you none.",
		},
		{
			name: settingEnvironment, variable: "INTEGRATOR_ENVIRONMENT", check: checkEnvironment,
			description: fmt.Sprintf("Environment of the platform: `%s` (default) or `%s`. Each has its own integrators and secrets.", client.Production, client.Sandbox),
		},
		{
			name: settingEndpoint, variable: "INTEGRATOR_ENDPOINT", check: checkEndpoint,
			description: "Base URL of the API, such as `https://sandbox.spritz.finance`, for a proxy or an emulator; wherever it is set, it overrides `environment`. It must use `https`; `http` is allowed for a loopback host only.",
		},
		{
			name: settingRequestTimeout, check: checkRequestTimeout,
			description: fmt.Sprintf("How long to wait for the answer to one request, as a Go duration between `%s` and `%s`, such as `30s`; default `2m`. Refresh and plan wait no longer than 20 s for a secret that they check.", minRequestTimeout, maxRequestTimeout),
		},
		{
			name: settingRecoveryDir, variable: "INTEGRATOR_RECOVERY_DIR", check: checkRecoveryDir,
			description: "Folder, such as `/var/lib/integrator`, where a new secret is kept, sealed, from the moment the API shows it until a refresh finds it in the state, and an old one when it leaves the state. By default it is `integrator/<workspace>` in Terraform's data directory (`.terraform`, or `TF_DATA_DIR`). The folder has to outlast the run: where the data directory does not, as in CI, choose one on a persistent volume. If a folder that is set here cannot be written, nothing is rotated. `skip_recovery` turns all of this off.",
		},
		{
			name: settingAgeIdentity, variable: "INTEGRATOR_AGE_IDENTITY", oldVariable: "INTEGRATOR_IDENTITY", check: checkAgeIdentity, sensitive: true,
			description: "Private key that opens secrets encrypted for `recipients`, in the state and in the recovery folder, in memory only: the content of an age identity file (`AGE-SECRET-KEY-1…`) or of an SSH private key file without a passphrase. It is never stored; an ephemeral value may be used. Without it, an encrypted secret cannot be checked or sign the next rotation, unless `integrator_secret` is the same one.",
		},
	}
}

// markdown describes the setting in the documentation.
func (s setting) markdown() string {
	if s.variable == "" {
		return s.description
	}
	return s.description + fmt.Sprintf(" Can also be set with the environment variable `%s`.", s.variable)
}

// hints end the message about a value of the configuration that is wrong.
func (s setting) hints() []string {
	if s.variable == "" {
		return nil
	}
	return []string{fmt.Sprintf("It can also be set with the environment variable %s.", s.variable)}
}
