// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import "testing"

// The Registry has pages of releases only.
func TestPublished(t *testing.T) {
	t.Parallel()
	for stamped, want := range map[string]string{
		"v0.1.0":                               "0.1.0",
		"v1.12.30":                             "1.12.30",
		"":                                     "latest",
		"(devel)":                              "latest",
		"v0.1.0+dirty":                         "latest",
		"v0.1.1-0.20260102150405-0123456789ab": "latest",
	} {
		if got := published(stamped); got != want {
			t.Errorf("a build that is stamped %q has its pages at %s, want %s", stamped, got, want)
		}
	}
}
