// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// profilePath ends in a slash, which is signed with the rest of the path.
const profilePath = "/v1/integrator/"

// Profile describes the integrator. CreatedAt is RFC 3339.
type Profile struct {
	ID                   string `json:"id"`
	IntegratorKey        string `json:"integratorKey"`
	Name                 string `json:"name"`
	Email                string `json:"email"`
	CanSubsidizeUserFees bool   `json:"canSubsidizeUserFees"`
	ACHDebitEnabled      bool   `json:"achDebitEnabled"`
	BillPayEnabled       bool   `json:"billPayEnabled"`
	CreatedAt            string `json:"createdAt"`
}

// Profile reads the integrator's profile (GET /v1/integrator/). It waits while
// a secret is being regenerated and is signed with the newest one known.
func (c *Client) Profile(ctx context.Context) (*Profile, error) {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	profile := &Profile{}
	err := c.read(ctx, query{c.limits(), profilePath, c.newest, func(got reply) error {
		err := json.Unmarshal(got.text, profile)
		if err == nil && got.status == http.StatusOK && profile.IntegratorKey == c.IntegratorKey() {
			return nil
		}
		if err := c.acceptOwnProfile(got); err != nil {
			return err
		}
		return got.unlike(object, "profile")
	}})
	if err != nil {
		return nil, err
	}
	return profile, nil
}

// The limits of Probe are short, because a plan waits for it.
const (
	probeAttempt = 10 * time.Second
	probeWait    = 5 * time.Second
	probeTotal   = 20 * time.Second
)

// Probe asks whether the API accepts a secret, by reading the profile with it:
// nil if it does, an *Error for which SecretRefused is true if it does not, and
// any other error if that is not known, such as a 401 about another credential. It takes 20 seconds at most.
func (c *Client) Probe(ctx context.Context, secret apisecret.Secret) error {
	c.rotation.RLock()
	defer c.rotation.RUnlock()
	ctx, cancel := context.WithTimeout(ctx, probeTotal)
	defer cancel()
	return c.probe(ctx, secret)
}

func (c *Client) probe(ctx context.Context, secret apisecret.Secret) error {
	limits := limits{min(probeAttempt, c.config.RequestTimeout), min(1, c.config.MaxRetries), probeWait}
	return c.read(ctx, query{limits, profilePath, secret, c.acceptOwnProfile})
}

// acceptOwnProfile takes only a 200 with the client's own integrator key for an
// answer of the API that accepts the signature. A page or the profile of another
// integrator proves nothing. The other members do not matter.
func (c *Client) acceptOwnProfile(got reply) error {
	var profile struct {
		IntegratorKey string `json:"integratorKey"`
	}
	if got.status != http.StatusOK || json.Unmarshal(got.text, &profile) != nil || profile.IntegratorKey != c.IntegratorKey() {
		return got.unlike(object, "profile of "+c.IntegratorKey())
	}
	return nil
}
