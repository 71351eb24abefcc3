// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// newSecret is a secret that takes the place of the one in state.
type newSecret struct {
	secret             apisecret.Secret
	ciphertext         string // of the secret, where there are recipients
	obtainedAt         time.Time
	oldSecretExpiresAt time.Time // zero for none
	made               bool      // by a rotation of this resource, or else adopted
	older              []string  // fingerprints of secrets that it supersedes
}

// rotate regenerates the secret, fills the model in and returns the lineage that
// goes with it. A secret that an interrupted run of the same rotation left in
// the recovery folder is taken instead. Nothing after the call can fail: what
// could, encryption included, is prepared before it.
func (r *apiSecretResource) rotate(ctx context.Context, model *apiSecretModel, before lineage, diags *diag.Diagnostics) (lineage, bool) {
	r.rotating.Lock()
	defer r.rotating.Unlock()
	if spent := r.secrets.spending(); spent != unspent {
		diags.Append(secondRotation(r.client.IntegratorKey(), spent))
		return before, false
	}
	seal, err := model.prepareSeal()
	if err != nil {
		diags.Append(recipientsUnusable(err))
		return before, false
	}
	defer r.beginRotation()()

	recovered := r.loadRecovery(diags)
	resumed, ok := r.resume(ctx, recovered, model, diags)
	if !ok {
		return before, false
	}
	if resumed != nil {
		r.secrets.spend(spent)
		resumed.ciphertext = seal.close(resumed.secret)
		return r.store(model, resumed, before), true
	}

	signers := r.signers(recovered)
	regenerated, err := r.client.RegenerateSecret(ctx, apisecret.RegenerateInput{
		GracePeriod: time.Duration(model.OldSecretValidForSeconds.ValueInt64()) * time.Second,
		Signers:     signers,
	})
	r.warnOfClock(diags)
	if err != nil {
		r.failRotation(err, seal, recovered, diags)
		return before, false
	}
	r.secrets.spend(spent)
	made := &newSecret{
		secret:             regenerated.Secret,
		ciphertext:         seal.close(regenerated.Secret),
		obtainedAt:         regenerated.ObtainedAt,
		oldSecretExpiresAt: regenerated.OldSecretExpiresAt,
		made:               true,
		older:              r.secrets.fingerprints(fingerprints(signers)...),
	}
	r.saveRecovery(func(s *recovery.Store) error { return s.Save(made.entry(model)) }, diags)
	diags.Append(rotationRemarks(regenerated)...)
	return r.store(model, made, before), true
}

// failRotation reports a failed call, and first keeps a reply that may hold the
// secret.
func (r *apiSecretResource) failRotation(err error, seal *seal, recovered *recoveredSecret, diags *diag.Diagnostics) {
	var failure *apisecret.RegenerateError
	if !errors.As(err, &failure) {
		diags.Append(rotationImpossible(err))
		return
	}
	if failure.Effect() != apisecret.Unchanged {
		r.secrets.spend(spentInVain)
	}
	reply := keptReply{}
	if !failure.Reply.IsZero() && r.recovery != nil {
		ciphertext := seal.close(failure.Reply)
		reply.encrypted = ciphertext != ""
		reply.path, reply.err = r.recovery.SaveReply([]byte(cmp.Or(ciphertext, failure.Reply.Reveal())))
	}
	diags.Append(r.rotationFailed(failure, reply, recovered))
}

// resume takes the secret that an interrupted run of this same rotation left in
// the recovery folder, if it is live; nil if there is none. It is not ok to go on
// where there is one that cannot be opened, or not be checked for the moment: a
// rotation would end it.
func (r *apiSecretResource) resume(ctx context.Context, recovered *recoveredSecret, model *apiSecretModel, diags *diag.Diagnostics) (resumed *newSecret, ok bool) {
	if recovered == nil || r.secrets.holds(recovered.Fingerprint) {
		return nil, true
	}
	known := r.secrets.fingerprints(r.client.ConfiguredSecret().Fingerprint())
	sameRun := !recovered.Replaced && recovered.Triggers == model.triggers() && slices.ContainsFunc(known, func(f string) bool {
		return f == recovered.Fingerprint || slices.Contains(recovered.Known, f)
	})
	if recovered.secret.IsZero() {
		if sameRun {
			diags.Append(recoverySealed(r.recovery.Path()))
		}
		return nil, !sameRun
	}
	err := r.client.Probe(ctx, recovered.secret)
	switch {
	case refused(err):
		diags.Append(recoveryDead(r.recovery.Path()))
		return nil, true
	case !sameRun, forbidden(err): // it signs
		return nil, true
	case err != nil:
		diags.Append(recoveryUnchecked(r.recovery.Path(), err, r.client))
		return nil, false
	}
	diags.Append(rotationResumed(r.recovery.Path(), recovered.ObtainedAt))
	return &newSecret{
		secret:             recovered.secret,
		obtainedAt:         recovered.ObtainedAt,
		oldSecretExpiresAt: recovered.OldSecretExpiresAt,
		made:               true,
		older:              append(known, recovered.Known...),
	}, true
}

// forbidden reports whether a secret cannot be checked, today or tomorrow.
func forbidden(err error) bool {
	var problem *client.Error
	return errors.As(err, &problem) && problem.Status == http.StatusForbidden
}

// adopt stores a live secret that Read has found, and calls nothing.
func (r *apiSecretResource) adopt(model, prior *apiSecretModel, before lineage, fingerprint string, diags *diag.Diagnostics) (lineage, bool) {
	seal, err := model.prepareSeal()
	if err != nil {
		diags.Append(recipientsUnusable(err))
		return before, false
	}
	adopted := &newSecret{obtainedAt: r.clock(), older: []string{prior.Fingerprint.ValueString()}}
	if recovered := r.loadRecovery(diags); recovered != nil && recovered.Fingerprint == fingerprint {
		adopted.secret = recovered.secret
		adopted.older = append(adopted.older, recovered.Known...)
	}
	if configured := r.client.ConfiguredSecret(); adopted.secret.IsZero() && configured.Fingerprint() == fingerprint {
		adopted.secret = configured
	}
	if adopted.secret.IsZero() {
		diags.Append(adoptionImpossible())
		return before, false
	}
	adopted.ciphertext = seal.close(adopted.secret)
	return r.store(model, adopted, before), true
}

// store maps a new secret into the model and returns its lineage.
func (r *apiSecretResource) store(m *apiSecretModel, s *newSecret, before lineage) lineage {
	m.ID = types.StringValue(r.client.IntegratorKey())
	m.IntegratorKey = types.StringValue(r.client.IntegratorKey())
	m.setSecret(s.secret, s.ciphertext)
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
	r.client.Use(s.secret)

	before.IntegratorKey, before.Endpoint = r.client.IntegratorKey(), r.client.Endpoint()
	return before.extend(s.secret.Fingerprint(), s.older...)
}

// entry is what goes into the recovery folder.
func (s *newSecret) entry(model *apiSecretModel) recovery.Entry {
	entry := recovery.Entry{
		Secret:             s.secret.Reveal(),
		Fingerprint:        s.secret.Fingerprint(),
		ObtainedAt:         s.obtainedAt,
		OldSecretExpiresAt: s.oldSecretExpiresAt,
		Known:              s.older,
		Triggers:           model.triggers(),
	}
	if s.ciphertext != "" {
		entry.Secret, entry.EncryptedSecret = "", s.ciphertext
	}
	return entry
}

// signers are the secrets that may sign, the likeliest first.
func (r *apiSecretResource) signers(recovered *recoveredSecret) []apisecret.Secret {
	var secret apisecret.Secret
	if recovered != nil {
		secret = recovered.secret
	}
	return r.secrets.signers(secret, r.client.ConfiguredSecret())
}

func fingerprints(secrets []apisecret.Secret) []string {
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
