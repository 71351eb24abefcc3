// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

const webhookSecretPath = "/v1/integrator/webhook-secret"

// SetWebhookSecret sets the secret that signs webhook payloads (POST
// /v1/integrator/webhook-secret). It cannot be read back or removed.
func (c *Client) SetWebhookSecret(ctx context.Context, secret apisecret.Secret) error {
	body, err := json.Marshal(map[string]string{"secret": secret.Reveal()})
	if err != nil {
		return err
	}
	reply, err := c.write(ctx, call{
		method: http.MethodPost, path: webhookSecretPath, body: body,
		idempotent: true, secrets: []apisecret.Secret{secret},
	})
	if err != nil {
		return err
	}
	var confirmed struct{ SecretConfigured bool }
	if json.Unmarshal(reply, &confirmed) != nil || !confirmed.SecretConfigured {
		return unreadable("confirmation")
	}
	return nil
}
