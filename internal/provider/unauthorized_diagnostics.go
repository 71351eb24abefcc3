// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// unauthorized says what to do about a 401. It never leads to a new secret where
// another credential was refused: making one invalidates the live one.
func unauthorized(problem *client.Error, api *client.Client) string {
	switch {
	case problem.BearerRefused() && !api.HasUserAPIKey():
		return "The API asks for a bearer token, and user_api_key is not set: set it (INTEGRATOR_USER_API_KEY) to a valid user API key. This says nothing of the secret, so do not make a new one: that would invalidate the live one."
	case problem.BearerRefused():
		return "It is the user API key that was refused, not the secret. Set user_api_key (INTEGRATOR_USER_API_KEY) to a valid one. Do not make a new secret: that would invalidate the live one."
	case problem.KeyRefused():
		return fmt.Sprintf("It is the integrator's key that was refused, not the secret. Check that integrator_key (INTEGRATOR_KEY), %s, belongs to %s: each environment has its own. Do not make a new secret: that would invalidate the live one.",
			api.IntegratorKey(), api.Endpoint())
	}
	return fmt.Sprintf("Most likely the signature was refused. Either the secret is not the live one of %s at %s: set integrator_secret (INTEGRATOR_SECRET) to the live one. %s "+
		"Or the clocks differ by more than 300 s: %s", api.IntegratorKey(), api.Endpoint(), oneForAll, clocks(problem)) + unless(api.HasUserAPIKey(), " "+bearerHint)
}

const (
	bearerHint = "If the API asks for a bearer token, set user_api_key (INTEGRATOR_USER_API_KEY)."
	oneForAll  = "INTEGRATOR_SECRET serves every provider block that has no integrator_secret of its own."
)

// otherReasons says what else than the secret may be why the API accepted none of
// those that are known. Without them, a live secret would be invalidated for nothing.
func otherReasons(api *client.Client) string {
	return fmt.Sprintf("Check first that %s is the integrator that is meant and belongs to %s: each environment has its own keys and secrets. %s",
		api.IntegratorKey(), api.Endpoint(), oneForAll) + unless(api.HasUserAPIKey(), " "+bearerHint)
}

func unless(condition bool, text string) string {
	if condition {
		return ""
	}
	return text
}

// clockDoubt says that the clocks may be why a signature was refused, if they
// differ enough for that.
func (i *integrator) clockDoubt(err error) string {
	problem, ok := errors.AsType[*client.Error](err)
	if !ok || problem.Date.IsZero() || problem.Date.Sub(i.clock()).Abs() < 240*time.Second {
		return ""
	}
	return fmt.Sprintf("The clocks may be the reason: this machine's says %s, the API's %s, and the API accepts requests within ±300 s.",
		clockTime(i.clock()), clockTime(problem.Date))
}

// getLiveSecret is the last resort after a refusal: another secret is of no use where
// the clock is to blame.
func (r *apiSecretResource) getLiveSecret(err error) string {
	if r.clockDoubt(err) != "" {
		return "Set the clock right (NTP) and plan again. If the secret is refused on the right time too: " + orGetLiveSecret()
	}
	return getLiveSecret
}

func clocks(problem *client.Error) string {
	if problem.Date.IsZero() {
		return "check that this machine's clock is right."
	}
	return fmt.Sprintf("the API's clock says %s; compare it with this machine's.", clockTime(problem.Date))
}
