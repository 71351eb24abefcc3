// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// apiSecretModel is an integrator_api_secret as Terraform has it: what is
// configured, and what the provider computes.
type apiSecretModel struct {
	apiSecretArguments
	apiSecretResults
}

type apiSecretArguments struct {
	OldSecretValidForSeconds types.Int64 `tfsdk:"old_secret_valid_for_seconds"`
	RotateWhenChanged        types.Map   `tfsdk:"rotate_when_changed"`
	RotateAfterDays          types.Int64 `tfsdk:"rotate_after_days"`
	Recipients               types.List  `tfsdk:"recipients"`
}

type apiSecretResults struct {
	ID                 types.String      `tfsdk:"id"`
	IntegratorKey      types.String      `tfsdk:"integrator_key"`
	Endpoint           types.String      `tfsdk:"endpoint"`
	Secret             types.String      `tfsdk:"secret"`
	EncryptedSecret    types.String      `tfsdk:"encrypted_secret"`
	Fingerprint        types.String      `tfsdk:"fingerprint"`
	OldSecretExpiresAt timetypes.RFC3339 `tfsdk:"old_secret_expires_at"`
	RotatedAt          timetypes.RFC3339 `tfsdk:"rotated_at"`
	NextRotationAt     timetypes.RFC3339 `tfsdk:"next_rotation_at"`
	Version            types.Int64       `tfsdk:"version"`
}

type apiSecretIdentity struct {
	IntegratorKey types.String `tfsdk:"integrator_key"`
}

func (m *apiSecretModel) identity() apiSecretIdentity { return apiSecretIdentity{m.IntegratorKey} }

// object is the model in the terms of package rotation; nil for no model.
func (m *apiSecretModel) object() *rotation.Object {
	if m == nil {
		return nil
	}
	return &rotation.Object{Arguments: m.arguments(), Held: m.held()}
}

func (a apiSecretArguments) arguments() rotation.Arguments {
	arguments := rotation.Arguments{
		GracePeriod:  time.Duration(a.OldSecretValidForSeconds.ValueInt64()) * time.Second,
		GraceUnknown: a.OldSecretValidForSeconds.IsUnknown(),
		Triggers:     rotation.Triggers{Unknown: a.RotateWhenChanged.IsUnknown()},
		Days:         rotation.Days{Unknown: a.RotateAfterDays.IsUnknown(), N: a.RotateAfterDays.ValueInt64()},
		Recipients:   rotation.Recipients{Unknown: a.Recipients.IsUnknown(), Keys: recipientTexts(a.Recipients)},
	}
	if !a.RotateWhenChanged.IsNull() {
		arguments.Triggers.Values = map[string]string{}
	}
	for name, value := range a.RotateWhenChanged.Elements() {
		arguments.Triggers.Values[name] = value.String() // quoted where it is known
	}
	return arguments
}

func (s apiSecretResults) held() rotation.Held {
	held := rotation.Held{
		IntegratorKey: s.IntegratorKey.ValueString(),
		Endpoint:      s.Endpoint.ValueString(),
		Secret:        apisecret.New(s.Secret.ValueString()),
		Ciphertext:    s.EncryptedSecret.ValueString(),
		Fingerprint:   s.Fingerprint.ValueString(),
		Version:       s.Version.ValueInt64(),
	}
	// Both are zero where they are null, and otherwise as results has written them.
	held.OldSecretExpiresAt, _ = s.OldSecretExpiresAt.ValueRFC3339Time()
	held.RotatedAt, _ = s.RotatedAt.ValueRFC3339Time()
	return held
}

// results are what is stored of a secret. The days are those of rotate_after_days.
func results(held rotation.Held, days rotation.Days) apiSecretResults {
	s := apiSecretResults{ID: types.StringValue(held.IntegratorKey), IntegratorKey: types.StringValue(held.IntegratorKey)}
	if held.Endpoint != "" {
		s.Endpoint = types.StringValue(held.Endpoint)
	}
	s.NextRotationAt = nextRotationAt(held, days)
	if held.Imported() {
		return s
	}
	s.Fingerprint = types.StringValue(held.Fingerprint)
	s.Version = types.Int64Value(held.Version)
	if held.Ciphertext != "" {
		s.EncryptedSecret = types.StringValue(held.Ciphertext)
	} else {
		s.Secret = types.StringValue(held.Secret.Reveal())
	}
	if !held.OldSecretExpiresAt.IsZero() {
		s.OldSecretExpiresAt = timetypes.NewRFC3339ValueMust(held.OldSecretExpiresAt.UTC().Format(time.RFC3339Nano))
	}
	if !held.RotatedAt.IsZero() {
		s.RotatedAt = timetypes.NewRFC3339TimeValue(held.RotatedAt.UTC())
	}
	return s
}

func nextRotationAt(held rotation.Held, days rotation.Days) timetypes.RFC3339 {
	if days.Unknown {
		return timetypes.NewRFC3339Unknown()
	}
	if at := held.RotateAt(days); !at.IsZero() {
		return timetypes.NewRFC3339TimeValue(at)
	}
	return timetypes.NewRFC3339Null()
}
