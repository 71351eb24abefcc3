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
		sealers = append(sealers, sealer{with, r.sealWith(passphrase), ifVouched})
	}
	for _, state := range seen.inState { // one that was imported unchecked may be a dummy as well
		add(state.opened, state.RotatedAt.IsZero() && !r.accepted(state.Fingerprint))
	}
	add(seen.Configured, !r.vouchedFor(seen))
	for _, e := range seen.Recovered { // the next run opens it as this one did, if it signs
		add(e.secret, true)
	}
	return sealers
}

// sealWith seals with a passphrase. Making a key of it takes some milliseconds, which
// pass while the request is prepared and sent. It gives "" if nothing can be sealed.
func (r *Rotator) sealWith(passphrase apisecret.Secret) (seal func(apisecret.Secret) string) {
	prepared := make(chan func(apisecret.Secret) string, 1)
	go func() {
		seal, err := r.config.SealWith(passphrase)
		if err != nil {
			seal = func(apisecret.Secret) string { return "" }
		}
		prepared <- seal
	}()
	return func(secret apisecret.Secret) string { return (<-prepared)(secret) }
}

// accepted reports whether the API has accepted a secret in this run.
func (r *Rotator) accepted(fingerprint string) bool {
	answer, asked := r.probes.Load(fingerprint)
	return asked && answer == nil
}

// vouchedFor reports whether the configured secret is known to be one of this
// integrator: a state's history names it, or the API has accepted it in this run.
func (r *Rotator) vouchedFor(seen Seen) bool {
	fingerprint := seen.Configured.Fingerprint()
	return r.accepted(fingerprint) || seen.names(fingerprint)
}

// vouching are the secrets that are known to be the integrator's because the API has
// carried out a request that this one signed: that one, and the configured one if it
// opens a copy of that. Whoever sealed it knew both.
func (r *Rotator) vouching(seen Seen, signer apisecret.Secret) []string {
	all := []string{signer.Fingerprint()}
	e := seen.recovered(signer.Fingerprint())
	if e == nil {
		return all
	}
	for _, c := range e.Copies {
		if c.With == "" || c.With != seen.Configured.Fingerprint() {
			continue
		}
		if text, err := r.config.OpenWith(c.Ciphertext, seen.Configured); err == nil && apisecret.New(text).Equal(signer) {
			all = append(all, c.With)
		}
	}
	return all
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

// saveReply keeps the reply of a failed call, which may hold the secret. Those that are
// vouching may seal it.
func (n *net) saveReply(reply apisecret.Secret, seal func(apisecret.Secret) string, vouching []string) (kept KeptReply) {
	if reply.IsZero() || n.store == nil {
		return kept
	}
	n.reservation.Release() // the reply may need the room
	copies := sealed(reply, seal(reply), n.sealers, vouching)
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
