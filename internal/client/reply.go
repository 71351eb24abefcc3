// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"fmt"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// ReplyError is an answer of success that is not what the API documents.
type ReplyError struct {
	Method, Path string

	Status      int
	ContentType string // fit to be shown; "" if the answer named none
	// NotFromAPI says that the body is no JSON object, or no list where one was asked
	// for. Something in front of the API may have answered, such as a login page, and
	// it is not known whether the API has acted.
	NotFromAPI bool

	missing string           // what the reply is not
	body    apisecret.Secret // it may hold a secret in another form
}

func (e *ReplyError) Error() string {
	text := "the reply is not the " + e.missing + " that the API documents"
	if e.NotFromAPI {
		text += fmt.Sprintf(" (%s, content type %s): something in front of the API may have answered", statusText(e.Status), cmp.Or(e.ContentType, "none"))
	}
	return text
}
