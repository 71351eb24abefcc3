// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// resolved are the provider's settings as they are for a run. Those that are not
// known during this plan are named in unknown; the rest is of no use then.
type resolved struct {
	client         client.Config
	recoveryDir    string
	skipRecovery   bool
	ageIdentity    envelope.AgeIdentity
	skipValidation bool
	unknown        []string
}

// resolver takes settings from the configuration or else the environment. An empty
// value counts as unset.
type resolver struct {
	config  tfsdk.Config
	getenv  func(string) string
	unknown []string // the names of the settings that are
	diags   diag.Diagnostics
}

func (r *resolver) resolve(ctx context.Context) resolved {
	s := resolved{client: client.Config{MaxRetries: client.DefaultMaxRetries}}
	s.client.IntegratorKey = r.text(ctx, settingKey)
	s.client.Secret = apisecret.New(r.text(ctx, settingSecret))
	s.client.UserAPIKey = apisecret.New(r.text(ctx, settingUserAPIKey))
	s.recoveryDir = r.text(ctx, settingRecoveryDir)

	// text has checked the values, so that an error here means diagnostics, or a
	// setting that is unknown.
	if identity := r.text(ctx, settingAgeIdentity); identity != "" {
		s.ageIdentity, _ = envelope.ParseAgeIdentity(identity)
	}
	if endpoint := r.text(ctx, settingEndpoint); endpoint != "" || slices.Contains(r.unknown, settingEndpoint) {
		s.client.Endpoint, _ = client.ParseEndpoint(endpoint)
	} else if environment := r.text(ctx, settingEnvironment); !slices.Contains(r.unknown, settingEnvironment) {
		s.client.Endpoint, _ = client.EnvironmentEndpoint(cmp.Or(environment, client.Production))
	}
	s.client.RequestTimeout, _ = time.ParseDuration(r.text(ctx, settingRequestTimeout))

	var maxRetries types.Int64
	if r.get(ctx, settingMaxRetries, &maxRetries); !maxRetries.IsNull() {
		s.client.MaxRetries = int(maxRetries.ValueInt64())
	}
	s.skipValidation = r.flag(ctx, settingSkipCredentialsValidation, "")
	s.skipRecovery = r.flag(ctx, settingSkipRecovery, "INTEGRATOR_SKIP_RECOVERY")

	s.unknown = r.unknown
	return s
}

// get reads a setting of the configuration into target, and notes whether it is
// unknown.
func (r *resolver) get(ctx context.Context, name string, target interface{ IsUnknown() bool }) {
	r.diags.Append(r.config.GetAttribute(ctx, path.Root(name), target)...)
	if target.IsUnknown() {
		r.unknown = append(r.unknown, name)
	}
}

// flag returns a setting that is true or false, with the environment variable that
// stands in for it, if there is one.
func (r *resolver) flag(ctx context.Context, name, variable string) bool {
	var configured types.Bool
	r.get(ctx, name, &configured)
	if !configured.IsNull() || variable == "" || r.getenv(variable) == "" {
		return configured.ValueBool()
	}
	value, err := strconv.ParseBool(r.getenv(variable))
	if err != nil {
		r.diags.Append(invalidVariable(name, variable, "must be true or false"))
	}
	return value
}

// text returns a setting, "" where it is not set or not known.
func (r *resolver) text(ctx context.Context, name string) string {
	all := settings()
	s := all[slices.IndexFunc(all, func(s setting) bool { return s.name == name })]
	if s.oldVariable != "" && r.getenv(s.oldVariable) != "" {
		r.diags.Append(variableRenamed(s)) // not ignored: it would be missed late, or never
	}
	var configured types.String
	r.get(ctx, name, &configured)
	switch {
	case configured.IsUnknown():
		return ""
	case configured.ValueString() != "":
		return configured.ValueString() // checked by the schema's validator
	}
	value := ""
	if s.variable != "" {
		value = r.getenv(s.variable)
	}
	if value == "" {
		if s.required != "" {
			r.diags.Append(missingSetting(s))
		}
		return ""
	}
	if err := s.check(value); err != nil {
		r.diags.Append(invalidVariable(name, s.variable, aboutVariable(err)))
	}
	return value
}

// invalidVariable is the error for an environment variable. What is wrong finishes a
// sentence.
func invalidVariable(name, variable, wrong string) diag.Diagnostic {
	return explainedAttributeError(path.Root(name), "invalid-setting", "Invalid environment variable "+variable,
		fmt.Sprintf("The environment variable %s, which stands in for %s, %s.", variable, name, wrong))
}

// missingSetting is the error for a required setting.
func missingSetting(s setting) diag.Diagnostic {
	return explainedAttributeError(path.Root(s.name), "invalid-setting", "Missing "+s.name,
		fmt.Sprintf("The provider needs the %s. Set %s in the provider block, or the environment variable %s; an empty value counts as unset.", s.required, s.name, s.variable))
}
