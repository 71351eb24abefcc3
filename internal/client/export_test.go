// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import "net/http"

// AlterNetwork lets a test put something between the client and the network,
// before the first request.
func (c *Client) AlterNetwork(alter func(*http.Transport)) {
	alter(c.network)
}
