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

const tokensPath = "/v1/integrator/tokens"

// MaxTokenLifetime is the longest that an access token can be valid, and the
// API's default.
const MaxTokenLifetime = time.Hour

// AccessTokenInput asks for an access token of the user whose key this is.
// Lifetime is in whole seconds, from one to MaxTokenLifetime.
type AccessTokenInput struct {
	UserAPIKey apisecret.Secret
	Lifetime   time.Duration
}

// AccessToken lets its holder act for a user. ExpiresAt is RFC 3339.
type AccessToken struct {
	Token     apisecret.Secret
	UserID    string
	TokenType string
	ExpiresAt string
}

// CreateAccessToken makes an access token (POST /v1/integrator/tokens). The API
// allows an integrator 100 a minute.
func (c *Client) CreateAccessToken(ctx context.Context, in AccessTokenInput) (*AccessToken, error) {
	body := encode(map[string]any{
		"userApiKey": in.UserAPIKey.Reveal(),
		"expiresIn":  int64(in.Lifetime / time.Second),
	})
	got, err := c.write(ctx, call{method: http.MethodPost, path: tokensPath, body: body, secrets: []apisecret.Secret{in.UserAPIKey}})
	if err != nil {
		return nil, err
	}
	var token struct{ AccessToken, UserID, TokenType, ExpiresAt string }
	if json.Unmarshal(got.text, &token) != nil || token.AccessToken == "" {
		return nil, got.unlike(object, "access token")
	}
	return &AccessToken{apisecret.New(token.AccessToken), token.UserID, token.TokenType, token.ExpiresAt}, nil
}
