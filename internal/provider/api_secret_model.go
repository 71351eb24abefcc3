// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type apiSecretModel struct {
	ID                       types.String      `tfsdk:"id"`
	IntegratorKey            types.String      `tfsdk:"integrator_key"`
	OldSecretValidForSeconds types.Int64       `tfsdk:"old_secret_valid_for_seconds"`
	RotateWhenChanged        types.Map         `tfsdk:"rotate_when_changed"`
	RotateAfterDays          types.Int64       `tfsdk:"rotate_after_days"`
	Recipients               types.List        `tfsdk:"recipients"`
	Secret                   types.String      `tfsdk:"secret"`
	EncryptedSecret          types.String      `tfsdk:"encrypted_secret"`
	Fingerprint              types.String      `tfsdk:"fingerprint"`
	OldSecretExpiresAt       timetypes.RFC3339 `tfsdk:"old_secret_expires_at"`
	RotatedAt                timetypes.RFC3339 `tfsdk:"rotated_at"`
	NextRotationAt           timetypes.RFC3339 `tfsdk:"next_rotation_at"`
	Version                  types.Int64       `tfsdk:"version"`
}

type apiSecretIdentity struct {
	IntegratorKey types.String `tfsdk:"integrator_key"`
}

func (m *apiSecretModel) identity() apiSecretIdentity { return apiSecretIdentity{m.IntegratorKey} }

// sameArguments compares what is configured.
func (m *apiSecretModel) sameArguments(other *apiSecretModel) bool {
	return m.OldSecretValidForSeconds.Equal(other.OldSecretValidForSeconds) && m.RotateWhenChanged.Equal(other.RotateWhenChanged) &&
		m.RotateAfterDays.Equal(other.RotateAfterDays) && m.Recipients.Equal(other.Recipients)
}

// rotateAt is when a secret of this age is to be rotated; the zero time without
// days.
func (m *apiSecretModel) rotateAt(days types.Int64) time.Time {
	if days.IsNull() || days.IsUnknown() || m.Version.IsNull() { // nothing is known of an import
		return time.Time{}
	}
	obtained := time.Unix(m.Version.ValueInt64(), 0).UTC()
	if !m.RotatedAt.IsNull() {
		obtained, _ = m.RotatedAt.ValueRFC3339Time() // written by store
	}
	return obtained.AddDate(0, 0, int(days.ValueInt64()))
}

func (m *apiSecretModel) nextRotationAt(days types.Int64) timetypes.RFC3339 {
	if days.IsUnknown() {
		return timetypes.NewRFC3339Unknown()
	}
	if at := m.rotateAt(days); !at.IsZero() {
		return timetypes.NewRFC3339TimeValue(at)
	}
	return timetypes.NewRFC3339Null()
}
