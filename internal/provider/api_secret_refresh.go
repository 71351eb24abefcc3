// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// refresh finds out whether the API still accepts the secret in state and, if
// not, whether it accepts one that can be adopted. It only ever warns: an error
// would block destroy and unrelated work.
func (r *apiSecretResource) refresh(ctx context.Context, state *apiSecretModel, private privateState, diags *diag.Diagnostics) {
	before, more := getPrivate[lineage](ctx, private, privateLineage)
	diags.Append(more...)
	if r.client == nil {
		r.see(state, before)
		return
	}
	if r.foreign(state, before) {
		r.secrets.seeForeign(replacedState{model: *state, lineage: before})
		diags.Append(r.foreignState(state, before))
		return
	}
	secret, recovered := r.seeState(state, before, diags)
	diags.Append(r.reviewAdoption(ctx, recovered, private)...)
	imported := state.Fingerprint.IsNull()
	if r.skipValidation {
		if imported { // trust what is configured
			diags.Append(setPrivate(ctx, private, privateAdoptionDue, r.client.ConfiguredSecret().Fingerprint())...)
		}
		return
	}
	defer r.warnOfClock(diags)

	err := errNoSecret
	switch {
	case !secret.IsZero():
		err = r.probe(ctx, secret)
	case !imported: // encrypted, and not to be opened: nothing can be concluded
		diags.Append(setPrivate(ctx, private, privateAdoptionDue, "")...)
		if !r.identity.IsZero() {
			diags.Append(identityDoesNotOpen())
		}
		return
	}
	strangers := r.strangers(state, recovered, before)
	switch {
	case err == nil:
		diags.Append(setPrivate(ctx, private, privateAdoptionDue, "")...)
		for _, s := range strangers {
			if r.probe(ctx, s.secret) == nil {
				diags.Append(anotherSecretAccepted(s.source))
			}
		}
	case !refused(err):
		diags.Append(secretNotChecked(err, r.client))
	default:
		for _, s := range strangers {
			err := r.probe(ctx, s.secret)
			if err == nil {
				diags.Append(setPrivate(ctx, private, privateAdoptionDue, s.secret.Fingerprint())...)
				diags.Append(adoptionDue(state, s.source)...)
				return
			}
			if !refused(err) {
				diags.Append(secretNotChecked(err, r.client))
				return
			}
		}
		diags.Append(setPrivate(ctx, private, privateAdoptionDue, "")...)
		diags.Append(r.allRefused(err, len(strangers) == 0, recovered)...)
	}
}

// reviewAdoption takes back an adoption that is due of a secret that is not at
// hand any more.
func (r *apiSecretResource) reviewAdoption(ctx context.Context, recovered *recoveredSecret, private privateState) diag.Diagnostics {
	due, diags := getPrivate[string](ctx, private, privateAdoptionDue)
	if due == r.client.ConfiguredSecret().Fingerprint() || recovered != nil && due == recovered.Fingerprint {
		return diags
	}
	return append(diags, setPrivate(ctx, private, privateAdoptionDue, "")...)
}

// errNoSecret stands for the refusal of the secret of a state that has none.
var errNoSecret = errors.New("no secret")

// refused reports whether a probe ended in a refusal of the secret.
func refused(err error) bool {
	var problem *client.Error
	return errors.Is(err, errNoSecret) || errors.As(err, &problem) && problem.SecretRefused()
}

// stranger is a secret beside the one in state, and where it comes from.
type stranger struct {
	secret apisecret.Secret
	source string
}

// strangers are the secrets that may be live in place of the one in state: not
// itself, and none that it has superseded.
func (r *apiSecretResource) strangers(state *apiSecretModel, recovered *recoveredSecret, before lineage) []stranger {
	candidates := []stranger{{r.client.ConfiguredSecret(), "integrator_secret"}}
	if recovered != nil {
		candidates = append([]stranger{{recovered.secret, "the recovery file " + r.recovery.Path()}}, candidates...)
	}
	return slices.DeleteFunc(candidates, func(c stranger) bool {
		fingerprint := c.secret.Fingerprint()
		return fingerprint == "" || fingerprint == state.Fingerprint.ValueString() || before.supersedes(fingerprint)
	})
}

// seeState notes the secret of a state that Terraform has stored. It returns it,
// if it can be opened, and what the recovery folder holds beyond it: its file
// goes once it is in state.
func (r *apiSecretResource) seeState(state *apiSecretModel, before lineage, diags *diag.Diagnostics) (apisecret.Secret, *recoveredSecret) {
	secret := r.see(state, before)
	recovered := r.loadRecovery(diags)
	if recovered != nil && recovered.Fingerprint == state.Fingerprint.ValueString() {
		r.saveRecovery((*recovery.Store).Remove, diags)
		recovered = nil
	}
	return secret, recovered
}

// foreign reports whether the state belongs to another integrator or endpoint
// than the provider's.
func (r *apiSecretResource) foreign(state *apiSecretModel, before lineage) bool {
	if r.client == nil {
		return false
	}
	return state.IntegratorKey.ValueString() != r.client.IntegratorKey() ||
		before.Endpoint != "" && before.Endpoint != r.client.Endpoint()
}

// checkRotation asks, while a plan is made, whether a secret that may sign the
// rotation is accepted. With a state at stake that is an error. Without one it
// is a warning: this may be the plan that Terraform makes again during apply,
// after Delete, where an error would leave an empty state.
func (r *apiSecretResource) checkRotation(ctx context.Context, prior *apiSecretModel, before lineage) (diags diag.Diagnostics) {
	// The second plan of a replacement has the first one's private state; the one
	// made again during apply has none.
	replacement := prior == nil && before.IntegratorKey != ""
	if r.client == nil {
		return nil
	}
	if prior != nil && r.foreign(prior, before) || replacement && (before.IntegratorKey != r.client.IntegratorKey() || before.Endpoint != r.client.Endpoint()) {
		diags.Append(r.foreignRotation(prior, before))
		return diags
	}
	// Of a tainted state, only Read is shown anything.
	if tainted := r.secrets.taintedForeign(); prior == nil && tainted != nil {
		diags.Append(r.foreignRotation(&tainted.model, tainted.lineage))
		return diags
	}
	if r.skipValidation {
		return nil
	}
	var last error
	recovered := r.loadRecovery(&diags)
	for _, s := range r.signers(recovered) {
		if last = r.probe(ctx, s); !refused(last) {
			break
		}
	}
	r.warnOfClock(&diags)
	switch {
	case last == nil:
	case refused(last) && (prior != nil || replacement):
		diags.Append(r.rotationUnsigned(last, recovered))
	case prior == nil && !replacement:
		diags.Append(r.creationUnsigned(last, recovered))
	}
	return diags
}

// checkImport reports what keeps the integrator's secret from being adopted.
func (r *apiSecretResource) checkImport(ctx context.Context, key string) (diags diag.Diagnostics) {
	if key != r.client.IntegratorKey() {
		diags.Append(importOfAnother(key, r.client.IntegratorKey()))
		return diags
	}
	if r.skipValidation {
		return nil
	}
	if err := r.probe(ctx, r.client.ConfiguredSecret()); err != nil {
		diags.Append(importUnchecked(err, r.client))
	}
	return diags
}

// saveReplaced puts the secret of a state that is about to be replaced into the
// recovery folder, unless there is one already.
func (r *apiSecretResource) saveReplaced(state *apiSecretModel, diags *diag.Diagnostics) {
	if state.Fingerprint.IsNull() {
		return
	}
	entry := recovery.Entry{
		Secret:          state.Secret.ValueString(),
		EncryptedSecret: state.EncryptedSecret.ValueString(),
		Fingerprint:     state.Fingerprint.ValueString(),
		ObtainedAt:      r.clock(),
		Replaced:        true,
	}
	r.saveRecovery(func(s *recovery.Store) error { return s.SaveIfNone(entry) }, diags)
}
