// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// newSecret is a secret that takes the place of the one in state.
type newSecret struct {
	secret             client.Secret
	obtainedAt         time.Time
	oldSecretExpiresAt time.Time // zero for none
	made               bool      // by a rotation of this resource, or else adopted
}

// rotate regenerates the secret, fills the model in and returns the lineage that
// goes with it. A secret that an interrupted run of the same rotation left in
// the recovery folder is taken instead. Nothing after the call can fail.
func (r *apiSecretResource) rotate(ctx context.Context, model *apiSecretModel, before lineage, diags *diag.Diagnostics) (lineage, bool) {
	r.rotating.Lock()
	defer r.rotating.Unlock()
	if r.secrets.isSpent() {
		diags.Append(secondRotation(r.client.IntegratorKey()))
		return before, false
	}
	defer r.beginRotation()()

	entry := r.loadRecovery(diags)
	known := r.signers(entry)
	if taken, ok := r.resume(ctx, entry, model, diags); ok {
		r.secrets.spend()
		return r.store(model, taken, before, append(fingerprints(known), entry.Known...)), true
	}

	regenerated, err := r.client.RegenerateSecret(ctx, client.RegenerateInput{
		GracePeriod: time.Duration(model.OldSecretValidForSeconds.ValueInt64()) * time.Second,
		Signers:     known,
	})
	r.warnOfClock(diags)
	if err != nil {
		r.failRotation(err, diags)
		return before, false
	}
	r.secrets.spend()
	r.saveRecovery(recovery.Entry{
		Secret:             regenerated.Secret.Reveal(),
		ObtainedAt:         regenerated.ObtainedAt,
		OldSecretExpiresAt: regenerated.OldSecretExpiresAt,
		Known:              fingerprints(known),
		Triggers:           model.triggers(),
	}, diags)
	diags.Append(rotationRemarks(regenerated)...)
	return r.store(model, newSecret{regenerated.Secret, regenerated.ObtainedAt, regenerated.OldSecretExpiresAt, true}, before, fingerprints(known)), true
}

// failRotation reports a failed call, and first keeps a reply that may hold the
// secret.
func (r *apiSecretResource) failRotation(err error, diags *diag.Diagnostics) {
	var failure *client.RegenerateError
	if !errors.As(err, &failure) {
		diags.Append(rotationImpossible(err))
		return
	}
	if failure.Effect() != client.Unchanged {
		r.secrets.spend()
	}
	reply := keptReply{}
	if !failure.Reply.IsZero() && r.recovery != nil {
		reply.path, reply.err = r.recovery.SaveReply([]byte(failure.Reply.Reveal()))
	}
	diags.Append(r.rotationFailed(failure, reply))
}

// adopt stores a live secret that Read has found, and calls nothing.
func (r *apiSecretResource) adopt(model *apiSecretModel, prior *apiSecretModel, before lineage, fingerprint string, diags *diag.Diagnostics) (lineage, bool) {
	older := []string{prior.secret().Fingerprint()}
	entry := r.loadRecovery(diags)
	candidates := []client.Secret{r.client.ConfiguredSecret()}
	if entry != nil {
		candidates = append(candidates, client.NewSecret(entry.Secret))
	}
	i := slices.IndexFunc(candidates, func(s client.Secret) bool { return s.Fingerprint() == fingerprint })
	if i < 0 {
		diags.Append(adoptionImpossible())
		return before, false
	}
	if entry != nil && client.NewSecret(entry.Secret).Fingerprint() == fingerprint {
		older = append(older, entry.Known...)
	}
	return r.store(model, newSecret{secret: candidates[i], obtainedAt: r.clock()}, before, older), true
}

// resume takes the secret that an interrupted run of this same rotation left in
// the recovery folder, if it is live.
func (r *apiSecretResource) resume(ctx context.Context, entry *recovery.Entry, model *apiSecretModel, diags *diag.Diagnostics) (newSecret, bool) {
	if entry == nil || r.secrets.holds(client.NewSecret(entry.Secret)) {
		return newSecret{}, false
	}
	secret := client.NewSecret(entry.Secret)
	err := r.client.Probe(ctx, secret)
	if refused(err) {
		diags.Append(recoveryDead(r.recovery.Path()))
	}
	sameRun := slices.ContainsFunc(r.secrets.signers(r.client.ConfiguredSecret()), func(s client.Secret) bool {
		return slices.Contains(entry.Known, s.Fingerprint())
	})
	if err != nil || !sameRun || entry.Replaced || entry.Triggers != model.triggers() {
		return newSecret{}, false
	}
	diags.Append(rotationResumed(r.recovery.Path(), entry.ObtainedAt))
	return newSecret{secret, entry.ObtainedAt, entry.OldSecretExpiresAt, true}, true
}

// store maps a new secret into the model; older are the fingerprints of the
// secrets that it supersedes.
func (r *apiSecretResource) store(m *apiSecretModel, s newSecret, before lineage, older []string) lineage {
	m.ID = types.StringValue(r.client.IntegratorKey())
	m.IntegratorKey = types.StringValue(r.client.IntegratorKey())
	m.Secret = types.StringValue(s.secret.Reveal())
	m.OldSecretExpiresAt = timetypes.NewRFC3339Null()
	if !s.oldSecretExpiresAt.IsZero() {
		m.OldSecretExpiresAt = timetypes.NewRFC3339ValueMust(s.oldSecretExpiresAt.UTC().Format(time.RFC3339Nano))
	}
	m.RotatedAt = timetypes.NewRFC3339Null()
	if s.made {
		m.RotatedAt = timetypes.NewRFC3339TimeValue(s.obtainedAt.UTC())
	}
	m.Version = types.Int64Value(r.secrets.obtain(s.secret, s.obtainedAt))
	m.NextRotationAt = m.nextRotationAt(m.RotateAfterDays)

	before.IntegratorKey, before.Endpoint = r.client.IntegratorKey(), r.client.Endpoint()
	return before.extend(s.secret, older...)
}

// signers are the secrets that may sign, the likeliest first.
func (r *apiSecretResource) signers(entry *recovery.Entry) []client.Secret {
	var recovered client.Secret
	if entry != nil {
		recovered = client.NewSecret(entry.Secret)
	}
	return r.secrets.signers(recovered, r.client.ConfiguredSecret())
}

func fingerprints(secrets []client.Secret) []string {
	var all []string
	for _, s := range secrets {
		all = append(all, s.Fingerprint())
	}
	return all
}

// triggers is the fingerprint of what causes a rotation.
func (m *apiSecretModel) triggers() string {
	values := map[string]string{}
	for name, value := range m.RotateWhenChanged.Elements() {
		values[name] = value.String()
	}
	content, _ := json.Marshal(values) // a map of strings always can
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// loadRecovery returns what is in the recovery folder, nil for nothing. What is
// wrong there is a warning: it must not block anything.
func (r *apiSecretResource) loadRecovery(diags *diag.Diagnostics) *recovery.Entry {
	if r.recovery == nil {
		return nil
	}
	entry, err := r.recovery.Load()
	if err != nil {
		diags.Append(recoveryUnreadable(r.recovery.Path(), err))
	}
	return entry
}

func (r *apiSecretResource) saveRecovery(entry recovery.Entry, diags *diag.Diagnostics) {
	if r.recovery == nil {
		return
	}
	if err := r.recovery.Save(entry); err != nil {
		diags.Append(recoveryUnwritable(r.recovery.Path(), err))
	}
}
