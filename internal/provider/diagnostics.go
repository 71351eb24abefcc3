// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// This file is the home of what the provider says: every error and warning, but
// for the schema's own and those of settings.go.

// rotationWarnings are about a planned rotation.
func (r *apiSecretResource) rotationWarnings(grace types.Int64) (diags diag.Diagnostics) {
	attribute := path.Root("old_secret_valid_for_seconds")
	if grace.IsNull() {
		diags.AddAttributeWarning(attribute, "The secret in use ends at once",
			"This plan rotates the API secret, and old_secret_valid_for_seconds is not set: with the API's default of 0 the old secret stops working the moment the new one is made.\n\n"+
				"Set old_secret_valid_for_seconds = 300 (up to 3600) to give its users that many seconds to switch, or = 0 to say that this is meant.")
	}
	if end := r.secrets.openWindow(r.clock()); !end.IsZero() {
		diags.AddAttributeWarning(attribute, "An older secret may end early",
			fmt.Sprintf("This plan rotates the API secret while the one before it is still valid, until %s: the API may end that one at once. "+
				"Apply later if anything may still be using it.", clockTime(end)))
	}
	return diags
}

// destroyWarning is about a planned destroy, unless the secret has a successor:
// then this is the end of a replacement.
func (r *apiSecretResource) destroyWarning(state *apiSecretModel) (diags diag.Diagnostics) {
	if r.secrets.superseded(client.NewSecret(state.Secret.ValueString())) {
		return nil
	}
	diags.AddWarning("The API secret stays valid",
		"Destroying integrator_api_secret forgets the secret and sends nothing: the API cannot delete a secret. "+
			"It stays valid until it is regenerated. Keep a copy if anything uses it: the API does not show it again.")
	return diags
}

// rotationRemarks are about a rotation that gave a new secret.
func rotationRemarks(regenerated *client.RegeneratedSecret) (diags diag.Diagnostics) {
	if regenerated.OddExpiry != "" {
		diags.AddAttributeWarning(path.Root("old_secret_expires_at"), "The API gave no usable expiry",
			fmt.Sprintf("The secret was rotated and is stored. The API said that the old one expires at %q, which is no plausible time, so old_secret_expires_at is null.", regenerated.OddExpiry))
	}
	if !regenerated.AmbiguousSince.IsZero() {
		diags.AddWarning("The secret may have been rotated twice",
			fmt.Sprintf("The answer to the request sent at %s was lost, so it was sent again. The secret that is stored is the newest and is valid. "+
				"If the first request had been carried out as well, one more secret was made that nobody holds, and the one used before may end early.", clockTime(regenerated.AmbiguousSince)))
	}
	return diags
}

// rotationFailed says what happened, what is valid now, and what to do next.
func rotationFailed(err error, api *client.Client) diag.Diagnostic {
	var failure *client.RegenerateError
	if !errors.As(err, &failure) {
		return diag.NewErrorDiagnostic("The API secret was not rotated", err.Error())
	}
	var summary, valid string
	switch failure.Effect() {
	case client.Unchanged:
		summary = "The API secret was not rotated"
		valid = "Nothing was changed: the secret in use is as valid as it was."
	case client.Changed:
		summary = "The API secret was rotated, but its new value cannot be read"
		valid = oldSecretValidity(failure)
	case client.Unknown:
		summary = "The API secret may have been rotated, and its new value is lost"
		valid = oldSecretValidity(failure)
	}
	return diag.NewErrorDiagnostic(summary, paragraphs(whatHappened(failure.Err), valid, remedy(failure.Err, api), rotationNextStep(failure)))
}

func oldSecretValidity(failure *client.RegenerateError) string {
	if failure.GracePeriod == 0 {
		return "If it was rotated, the secret used until now is no longer valid, because the grace period was 0. If it was not, it still is."
	}
	return fmt.Sprintf("If it was rotated, the secret used until now stays valid until %s (%s after the request was sent) and then ends. If it was not, it stays valid.",
		clockTime(failure.AmbiguousSince.Add(failure.GracePeriod)), failure.GracePeriod)
}

func rotationNextStep(failure *client.RegenerateError) string {
	switch {
	case failure.Effect() == client.Unchanged:
		return ""
	case failure.GracePeriod > 0:
		return "Apply again before then: the old secret can sign one more rotation, which replaces the lost secret."
	default:
		return "Apply again: if the old secret is refused, get a live one from the platform and set integrator_secret (INTEGRATOR_SECRET) to it."
	}
}

// profileFailed is about reading the profile.
func profileFailed(err error, api *client.Client) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The integrator's profile was not read", paragraphs(whatHappened(err), remedy(err, api)))
}

// unknownSettings is for a data source that is read while the provider's
// settings are not known yet.
func unknownSettings(settings []string) (diags diag.Diagnostics) {
	for _, setting := range settings {
		diags.AddAttributeError(path.Root(setting), "The provider is not configured yet",
			fmt.Sprintf("The provider's %s is known only after apply, but this data source is read during plan. "+
				"Give the data source a depends_on on the resource that %s comes from, so that it is read during apply; "+
				"or create that resource first: terraform apply -target=<its address>.", setting, setting))
	}
	return diags
}

// whatHappened puts an API error in words: all that the API said.
func whatHappened(err error) string {
	var problem *client.Error
	if !errors.As(err, &problem) {
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
		text += fmt.Sprintf("\n  %s: %s (%s)", field.Field, field.Message, field.Code)
	}
	return text
}

// remedy says what to do about the answers whose remedy is known.
func remedy(err error, api *client.Client) string {
	var problem *client.Error
	var failed *client.TransportError
	switch {
	case errors.As(err, &failed) && !failed.Sent:
		return fmt.Sprintf("Check that %s can be reached from here: name resolution, firewall, proxy variables (HTTPS_PROXY, NO_PROXY) and certificates.", api.Endpoint())
	case errors.As(err, &failed) && failed.Timeout:
		return "The provider's request_timeout ran out; raise it if the API is known to be slow."
	case !errors.As(err, &problem):
		return ""
	case problem.BearerRefused():
		return "It is the user API key that was refused, not the secret. Set user_api_key (INTEGRATOR_USER_API_KEY) to a valid one."
	case problem.SecretRefused():
		return fmt.Sprintf("The signature was refused. Either the secret is not the live one of %s at %s: set integrator_secret (INTEGRATOR_SECRET) to the live one. "+
			"Or the clocks differ by more than 300 s: %s", api.IntegratorKey(), api.Endpoint(), clocks(problem))
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

func clocks(problem *client.Error) string {
	if problem.Date.IsZero() {
		return "check that this machine's clock is right."
	}
	return fmt.Sprintf("the API's clock says %s; compare it with this machine's.", clockTime(problem.Date))
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
