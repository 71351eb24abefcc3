// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
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
	return sealOnce(sealer), err
}

// sealOnce encrypts one secret. It gives "" if that fails, which it never should.
func sealOnce(sealer *envelope.Sealer) func(apisecret.Secret) string {
	return func(secret apisecret.Secret) string {
		ciphertext, err := sealer.Seal(secret.Reveal())
		if err != nil {
			return ""
		}
		return ciphertext
	}
}

// sealWith prepares the encryption of one secret with another as passphrase.
func sealWith(workFactor int) func(apisecret.Secret) (func(apisecret.Secret) string, error) {
	return func(passphrase apisecret.Secret) (func(apisecret.Secret) string, error) {
		sealer, err := envelope.PreparePassphrase(passphrase.Reveal(), workFactor)
		return sealOnce(sealer), err
	}
}

func openWith(ciphertext string, passphrase apisecret.Secret) (string, error) {
	return envelope.OpenWithPassphrase(ciphertext, passphrase.Reveal())
}

// recipientTexts returns nil for a list that is null or unknown, and not for an
// empty one.
func recipientTexts(list types.List) []string {
	if list.IsNull() || list.IsUnknown() {
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

// ValidateConfig accepts recipients that age can encrypt for, together. After
// Delete it accepts all: an error would leave an empty state, while Create refuses
// bad ones before anything is sent, and restores the object.
func (r *apiSecretResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if r.integrator != nil && r.rotator.Replacing() {
		return
	}
	attribute := path.Root("recipients")
	var list types.List
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, attribute, &list)...)
	if list.IsNull() || list.IsUnknown() {
		return
	}
	known := true
	for i, element := range list.Elements() {
		text, ok := element.(types.String)
		if !ok || element.IsUnknown() {
			known = false
			continue
		}
		if _, err := envelope.ParseRecipient(text.ValueString()); err != nil {
			known = false
			resp.Diagnostics.Append(invalidRecipient(i, err))
		}
	}
	switch _, err := envelope.ParseRecipients(recipientTexts(list)); {
	case len(list.Elements()) == 0:
		resp.Diagnostics.Append(noRecipients("Invalid recipients"))
	case known && err != nil:
		resp.Diagnostics.Append(invalidRecipients(err))
	}
}
