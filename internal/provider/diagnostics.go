// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// The files named diagnostics are the home of what the provider says: every
// error and warning but for the schema's own and those of settings.

// callFailed is about a call of the types other than integrator_api_secret.
func callFailed(summary string, err error, api *client.Client) diag.Diagnostic {
	if errors.Is(err, client.ErrNoSecret) {
		return explainedError("call-failed", summary, paragraphs(
			"Nothing was sent: there is no secret to sign with. integrator_secret is not set, this run has made no secret before, and Terraform shows the state of integrator_api_secret to no other type.",
			"Set integrator_secret (INTEGRATOR_SECRET) to the live secret. "+secondProvider,
			"If it has such a block already: with recipients, the secret of integrator_api_secret is null, which counts as not set."))
	}
	return explainedError("call-failed", summary, paragraphs(whatHappened(err), remedy(err, api), signedAsConfigured(err)))
}

// signedAsConfigured explains why a secret in state was not tried.
func signedAsConfigured(err error) string {
	if problem, ok := errors.AsType[*client.Error](err); !ok || !problem.SecretRefused() || notTheAPI(problem) {
		return ""
	}
	return paragraphs("The request was signed with integrator_secret, or with a newer secret made before it in the same run: Terraform shows the state of integrator_api_secret to no other type. "+
		"So set integrator_secret to the live secret before each run; and where integrator_api_secret rotates it in the same configuration, give what needs it a depends_on on that. "+secondProvider,
		"If it has such a block already: with recipients, the secret of integrator_api_secret is null, which counts as not set, and INTEGRATOR_SECRET signs in its place.")
}

// secondProvider is how the types other than integrator_api_secret sign with the secret
// in state.
const secondProvider = "Or sign with the secret in the state: a second provider block takes it from integrator_api_secret. See " + afterARotation

func accessTokenNotMade(err error, api *client.Client) diag.Diagnostic {
	if problem, ok := errors.AsType[*client.Error](err); ok && problem.BearerRefused() {
		return explainedError("call-failed", "The access token was not made", paragraphs(whatHappened(err),
			"It is a user API key that was refused, not the secret: the user_api_key of this ephemeral resource or, as bearer token, the provider's (INTEGRATOR_USER_API_KEY)"+unless(api.HasUserAPIKey(), ", which is not set")+". Set it to a valid one."))
	}
	return callFailed("The access token was not made", err, api)
}

// unknownSettings is the error of a read, an ephemeral resource or an import that
// needs a setting of the provider that is not known yet.
func unknownSettings(settings ...string) (diags diag.Diagnostics) {
	for _, setting := range settings {
		diags.Append(explainedAttributeError(path.Root(setting), "not-configured", "The provider is not configured yet",
			fmt.Sprintf("The provider's %s is known only after apply, but it is needed during plan. "+
				"Give a data source or an ephemeral resource a depends_on on the resource that %s comes from, so that it is read during apply; "+
				"or create that resource first: terraform apply -target=<its address>.", setting, setting)))
	}
	return diags
}

// whatHappened puts an API error in words: all that the API said.
func whatHappened(err error) string {
	problem, ok := errors.AsType[*client.Error](err)
	if !ok {
		return "The request failed: " + err.Error() + "."
	}
	text := fmt.Sprintf("The API answered %s to %s %s", problem.StatusText(), problem.Method, problem.Path)
	if words := strings.Trim(problem.Title+": "+problem.Detail, ": "); words != "" {
		text += ": " + words
	}
	for _, part := range []struct{ name, value string }{
		{"type", problem.Type},
		{"code", problem.Code},
		{"field", problem.Field},
		{"realm", problem.Realm},
		{"scope", problem.Scope},
		{"resource", strings.TrimSpace(problem.ResourceType + " " + problem.ResourceID)},
		{"instance", problem.Instance},
		{"request id", problem.RequestID},
		{"trace id", problem.TraceID},
	} {
		if part.value != "" {
			text += fmt.Sprintf("\n  %s: %s", part.name, part.value)
		}
	}
	for _, field := range problem.Fields {
		text += "\n  " + strings.Trim(field.Field+": "+field.Message, ": ")
		if field.Code != "" {
			text += " (" + field.Code + ")"
		}
	}
	return text
}

// remedy says what to do about the answers whose remedy is known.
func remedy(err error, api *client.Client) string {
	var problem *client.Error
	var failed *client.TransportError
	switch {
	case errors.As(err, &failed) && !failed.Sent:
		return unreachable(failed, api)
	case errors.As(err, &failed) && failed.Timeout:
		return "The provider's request_timeout ran out; raise it if the API is known to be slow."
	case !errors.As(err, &problem):
		return ""
	case notTheAPI(problem):
		return fmt.Sprintf("This is no answer in the API's form, so something in front of the API may have answered: a proxy, a firewall or a login page. Check endpoint (INTEGRATOR_ENDPOINT), and what lies between here and %s.", api.Endpoint())
	case problem.Status == http.StatusUnauthorized:
		return unauthorized(problem, api)
	case problem.Status == http.StatusForbidden:
		return fmt.Sprintf("Integrator %s may not do this. Ask the platform to allow it.", api.IntegratorKey())
	case problem.Status == http.StatusNotFound:
		return fmt.Sprintf("Check that integrator %s belongs to %s: each environment has its own.", api.IntegratorKey(), api.Endpoint())
	case problem.Status == http.StatusTooManyRequests && problem.RetryAfter > 0:
		return fmt.Sprintf("The API asks to wait %s. Apply again then.", problem.RetryAfter)
	case problem.Status == http.StatusTooManyRequests:
		return "Too many requests for now. Apply again in a few minutes."
	case problem.Status >= 300 && problem.Status < 400:
		return "Redirects are not followed, since a signature is for one host. Check endpoint (INTEGRATOR_ENDPOINT)."
	case problem.Status >= 500:
		return "The fault is on the API's side. If it lasts, send the request id to the platform's support."
	}
	return ""
}

// notTheAPI reports whether a refusal may come from something in front of the API,
// whose own refusals are problem documents.
func notTheAPI(problem *client.Error) bool {
	refusals := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
	return !problem.Document && slices.Contains(refusals, problem.Status)
}

// warnOfClock says, once in a process, that requests carry the server's time.
func (i *integrator) warnOfClock(diags *diag.Diagnostics) {
	offset := i.client.ClockOffset()
	if offset == 0 || !i.clockWarned.CompareAndSwap(false, true) {
		return
	}
	now := i.clock()
	diags.AddWarning("This machine's clock is wrong",
		fmt.Sprintf("It says %s, the API's says %s. The API accepts requests within ±300 s, so they are signed with its time for now. Set the clock right (NTP).",
			clockTime(now), clockTime(now.Add(offset))))
}

func clockTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func paragraphs(parts ...string) string {
	var text []string
	for _, part := range parts {
		if part != "" {
			text = append(text, part)
		}
	}
	return strings.Join(text, "\n\n")
}

// variableRenamed is about a variable under the name that it had in an older version.
func variableRenamed(s setting) diag.Diagnostic {
	return explainedAttributeError(path.Root(s.name), "variable-renamed", "The environment variable has a new name",
		fmt.Sprintf("The environment variable %s is set, but was renamed to %s (%s in the configuration). Unset the old one, and set the new one to its value.", s.oldVariable, s.variable, s.name))
}

// ageIdentityMissing and cannotOpen are about integrator_decrypted_secret.

func ageIdentityMissing() diag.Diagnostic {
	return explainedAttributeError(path.Root(settingAgeIdentity), "not-decrypted", "Missing age_identity",
		"There is no private key to open the ciphertext with. Set age_identity here or on the provider, best from an ephemeral variable, or the environment variable INTEGRATOR_AGE_IDENTITY.")
}

func cannotOpen(err error) diag.Diagnostic {
	reason := "The ciphertext cannot be opened: " + err.Error() + ". Pass encrypted_secret of integrator_api_secret whole and unchanged."
	if errors.Is(err, envelope.ErrNotRecipient) {
		reason = "The secret is encrypted for other recipients than this identity. Use the private key of one of the recipients that the secret was made for; recipients that were added later count from the next rotation."
	}
	return explainedAttributeError(path.Root("ciphertext"), "not-decrypted", "The secret was not decrypted", reason)
}

// What can only be a bug.

func unexpectedProviderData(data any) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unexpected provider data", fmt.Sprintf("Got %T. This is a bug in the provider; please report it.", data))
}

func unexpectedEvent(kind rotation.Kind) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unexpected event", fmt.Sprintf("The provider has no words for event %d. This is a bug in the provider; please report it.", kind))
}

func privateStateUnreadable(key string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unreadable private state", "The provider's private state "+key+" is not what it wrote. This is a bug in the provider; please report it.")
}

func privateStateUnwritable(key string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unwritable private state", "The provider's private state "+key+" cannot be written: "+err.Error()+". This is a bug in the provider; please report it.")
}
