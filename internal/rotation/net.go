// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// sealer seals one secret for the recovery folder.
type sealer struct {
	with string // fingerprint of the secret that opens it
	seal func(apisecret.Secret) (ciphertext string)
	// ifVouched says that this may be a dummy: it counts if the answer of the API vouches
	// for it.
	ifVouched bool
}

// sealers are those for a secret that is to be kept in the recovery folder, where
// there are no recipients: the next run will have the secret in state, and the
// configured one. That must be known to be a secret of this integrator: if it is a
// dummy, everybody can open what it seals. No secret is sealed with itself.
func (r *Rotator) sealers(sealed string) (sealers []sealer) {
	seen := r.Seen()
	add := func(passphrase apisecret.Secret, ifVouched bool) {
		with := passphrase.Fingerprint()
		if passphrase.IsZero() || with == sealed || slices.ContainsFunc(sealers, func(s sealer) bool { return s.with == with }) {
			return
		}
		if seal, err := r.config.SealWith(passphrase); err == nil {
			sealers = append(sealers, sealer{with, seal, ifVouched})
		}
	}
	for _, state := range seen.inState {
		add(state.opened, false)
	}
	add(seen.Configured, !r.vouchedFor(seen))
	return sealers
}

// vouchedFor reports whether the configured secret is known to be one of this
// integrator: a state's history names it, or the API has accepted it in this run.
func (r *Rotator) vouchedFor(seen Seen) bool {
	fingerprint := seen.Configured.Fingerprint()
	answer, asked := r.probes.Load(fingerprint)
	return asked && answer == nil || seen.names(fingerprint)
}

// net is the recovery folder during one rotation: what is going to be written is
// sealed as far as it can be, and has its room on the disk.
type net struct {
	store       Store // nil for none
	sealers     []sealer
	reservation Reservation
}

// spread prepares the recovery folder for a rotation. It returns nil if nothing may
// be sent without it.
func (r *Rotator) spread(recipients Recipients) (*net, []Event) {
	n := &net{store: r.config.Store}
	if n.store == nil {
		return n, nil
	}
	with := []string{""}
	if len(recipients.Keys) == 0 {
		n.sealers, with = r.sealers(""), nil
		for _, s := range n.sealers {
			with = append(with, s.with)
		}
	}
	var err error
	n.reservation, err = n.store.Reserve(with)
	switch {
	case err != nil && r.config.StoreRequired:
		return nil, []Event{{Kind: RecoveryRequired, Err: err}}
	case err != nil:
		n.store = nil
		return n, []Event{{Kind: RecoveryOff, Err: err}}
	}
	if err := n.store.Exposed(); err != nil {
		return n, []Event{{Kind: RecoveryExposed, Err: err}}
	}
	return n, nil
}

func (n *net) release() {
	if n.store != nil {
		n.reservation.Release()
	}
}

// save keeps a secret that was just made.
func (n *net) save(record recovery.Record, made newSecret, vouching []string) []Event {
	if n.store == nil {
		return nil
	}
	copies := sealed(made.secret, made.ciphertext, n.sealers, vouching)
	if len(copies) == 0 {
		return nil
	}
	if err := n.reservation.Save(record, copies); err != nil {
		return []Event{{Kind: RecoveryUnwritten, Err: err}}
	}
	return nil
}

// saveReply keeps the reply of a failed call, which may hold the secret.
func (n *net) saveReply(failure *apisecret.RegenerateError, seal func(apisecret.Secret) string, seen Seen) (kept KeptReply) {
	if failure.Reply.IsZero() || n.store == nil {
		return kept
	}
	var vouching []string
	if failure.Effect() == apisecret.Changed { // then the API has accepted the signature
		vouching = seen.vouching(failure.SignedWith.Fingerprint())
	}
	copies := sealed(failure.Reply, seal(failure.Reply), n.sealers, vouching)
	if len(copies) == 0 {
		return kept
	}
	var paths []string
	paths, kept.Err = n.store.SaveReply(copies)
	for i, path := range paths {
		kept.Copies = append(kept.Copies, SealedCopy{path, copies[i].With})
	}
	return kept
}

// sealed are the copies of a secret that the recovery folder gets: one for the
// recipients, where there are some, and otherwise one for each sealer that counts.
func sealed(secret apisecret.Secret, ciphertext string, sealers []sealer, vouching []string) (copies []recovery.Copy) {
	if ciphertext != "" {
		return []recovery.Copy{{Ciphertext: ciphertext}}
	}
	for _, s := range sealers {
		if s.ifVouched && !slices.Contains(vouching, s.with) {
			continue
		}
		if ciphertext := s.seal(secret); ciphertext != "" {
			copies = append(copies, recovery.Copy{With: s.with, Ciphertext: ciphertext})
		}
	}
	return copies
}
