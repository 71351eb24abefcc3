// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/http"
)

// AlterNetwork lets a test put something between the client and the network,
// before the first request.
func (c *Client) AlterNetwork(alter func(*http.Transport)) {
	alter(c.network)
}

// Send sends a signed request as it is, and returns the body of the reply.
func (c *Client) Send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	got, err := c.write(ctx, call{method: method, path: path, body: body})
	return got.text, err
}
