// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// seal encrypts one secret for the recipients of a resource; nil where there are
// none.
type seal struct{ envelope *envelope.Sealer }

// prepareSeal returns the seal for the model's recipients.
func (m *apiSecretModel) prepareSeal() (*seal, error) {
	recipients, err := envelope.ParseRecipients(recipientTexts(m.Recipients))
	if err != nil || len(recipients) == 0 {
		return nil, err
	}
	prepared, err := recipients.Prepare()
	return &seal{prepared}, err
}

// close returns the ciphertext, "" without recipients. What can fail about it has
// been prepared, so it does not; if it ever did, the secret would be stored in
// the clear rather than lost.
func (s *seal) close(secret apisecret.Secret) string {
	if s == nil {
		return ""
	}
	ciphertext, err := s.envelope.Seal(secret.Reveal())
	if err != nil {
		return ""
	}
	return ciphertext
}

// setSecret stores a secret: encrypted where there is a ciphertext.
func (m *apiSecretModel) setSecret(secret apisecret.Secret, ciphertext string) {
	m.Fingerprint = types.StringValue(secret.Fingerprint())
	m.Secret, m.EncryptedSecret = types.StringValue(secret.Reveal()), types.StringNull()
	if ciphertext != "" {
		m.Secret, m.EncryptedSecret = types.StringNull(), types.StringValue(ciphertext)
	}
}

// encrypt takes the secret of a state out of the clear. It calls nothing.
func (m *apiSecretModel) encrypt(prior *apiSecretModel, diags *diag.Diagnostics) bool {
	seal, err := m.prepareSeal()
	if err != nil {
		diags.Append(recipientsUnusable(err))
		return false
	}
	secret := apisecret.New(prior.Secret.ValueString())
	m.setSecret(secret, seal.close(secret))
	return true
}

func recipientTexts(list types.List) []string {
	var texts []string
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
