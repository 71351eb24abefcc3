// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// seal prepares the encryption of one secret for public keys: what can fail about
// it fails here. If the encryption itself ever failed, the secret would be stored
// in plaintext rather than lost.
func seal(keys []string) (func(apisecret.Secret) string, error) {
	recipients, err := envelope.ParseRecipients(keys)
	if err != nil || len(recipients) == 0 {
		return func(apisecret.Secret) string { return "" }, err
	}
	sealer, err := recipients.Prepare()
	return func(secret apisecret.Secret) string {
		ciphertext, err := sealer.Seal(secret.Reveal())
		if err != nil {
			return ""
		}
		return ciphertext
	}, err
}

// recipientTexts are the elements of a list; nil where there is no list.
func recipientTexts(list types.List) []string {
	if list.IsNull() {
		return nil
	}
	texts := []string{}
	for _, element := range list.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

var _ validator.List = recipientsValidator{}

// recipientsValidator accepts public keys that age can encrypt for, together.
type recipientsValidator struct{}

func (recipientsValidator) Description(context.Context) string {
	return "each element must be an age or SSH public key"
}

func (v recipientsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (recipientsValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	known := true
	for i, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || element.IsUnknown() {
			known = false
			continue
		}
		if _, err := envelope.ParseRecipient(text.ValueString()); err != nil {
			known = false
			resp.Diagnostics.AddAttributeError(req.Path.AtListIndex(i), fmt.Sprintf("Invalid recipient %d", i+1),
				fmt.Sprintf("Element %d of %s %s.", i+1, req.Path, err))
		}
	}
	if !known {
		return
	}
	if _, err := envelope.ParseRecipients(recipientTexts(req.ConfigValue)); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid recipients", fmt.Sprintf("The elements of %s cannot be used together: %s.", req.Path, err))
	}
}
