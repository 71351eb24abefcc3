// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

// mayRead reports whether a data source can be read. While settings of the provider
// are unknown, it is put off to a later run where Terraform can do that, and fails
// where it cannot.
func (i *integrator) mayRead(req datasource.ReadRequest, resp *datasource.ReadResponse) bool {
	switch {
	case i.client != nil:
		return true
	case req.ClientCapabilities.DeferralAllowed:
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
	default:
		resp.Diagnostics.Append(unknownSettings(i.unknown...)...)
	}
	return false
}
