// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import "context"

// profilePath has its trailing slash in the API: without it the path is another.
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
	if err := c.read(ctx, profilePath, c.newest, profile); err != nil {
		return nil, err
	}
	return profile, nil
}
