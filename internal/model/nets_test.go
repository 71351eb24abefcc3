// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// What the net guarantees. It is sealed with secrets that the next run will have
// anyway, so each guarantee names one.

// promised reports whether the machine's net is to hold a secret that a command made,
// or took out of a state, and that is in no state now.
func (w *world) promised(r *ran, secret string) bool {
	if r.here.net == noNet || r.saidSummary(notKept) {
		return false
	}
	if slices.Index(r.server.Secrets(), secret) >= r.issued {
		return w.delivered(r) && w.sealsMade(r)
	}
	return w.has(keptSecrets) && w.sealsKept(r, secret)
}

// sealsMade reports whether something seals a secret that the command has made:
// recipients, the secret in the state that the command was shown, or the configured
// one, if it has signed.
func (w *world) sealsMade(r *ran) bool {
	shown := r.before.current != nil && r.before.current.secret != "" && w.readable(r.before.current)
	switch r.planned {
	case createThenDelete, create:
		shown = false
	case deleteThenCreate, forgetThenCreate: // the next run has it only if the net has kept it
		shown = shown && (r.before.current.secret == r.secretThen || w.sealsKept(r, r.before.current.secret))
	case noOp, update, destroy:
	}
	return r.sealed() || shown || w.configuredSigned(r)
}

// sealsKept reports whether something seals the secret of an object that is replaced
// or destroyed: recipients, or the configured secret, if it is in the object's history.
// Raw state, which is all that is shown of a forgotten object, has no history: there
// the configured one has to be accepted.
func (w *world) sealsKept(r *ran, secret string) bool {
	i := slices.IndexFunc(r.before.all(), func(h *held) bool { return h.secret == secret })
	if i < 0 || r.name == "destroy" && r.keep {
		return false
	}
	h := r.before.all()[i]
	if w.foreign(h) { // its destruction was asked of another integrator's provider
		return false
	}
	if h.ciphertext != "" { // a forgotten object is kept by the Create that takes its place
		return r.planned != forgetThenCreate || len(r.posts()) > 0
	}
	if r.planned == forgetThenCreate || h.tainted && !r.refresh { // Terraform shows no private state
		return w.configuredSigned(r)
	}
	return r.secretThen != "" && r.secretThen != secret && slices.Contains(w.memory.signed[secret], r.secretThen)
}

// configuredSigned reports whether a request of the command was signed with the
// configured secret, and carried out.
func (w *world) configuredSigned(r *ran) bool {
	return slices.Contains(r.signers(), r.secretThen)
}

// signers are the secrets with which the requests were signed that were carried out.
func (r *ran) signers() (signers []string) {
	issued := r.server.Secrets()
	for _, p := range r.posts() {
		if p.Processed && p.SignedWith >= 0 {
			signers = append(signers, issued[p.SignedWith])
		}
	}
	return signers
}

// sealed reports whether the configuration has recipients.
func (r *ran) sealed() bool { return r.config["recipients"] != nil }

// owed reports whether the net is all that holds a secret that a command leaves.
func (w *world) owed(r *ran, secret string) bool {
	for _, space := range w.workspaces {
		if space.terraform.stored().holds(secret) || space.secret == secret {
			return false
		}
	}
	held := slices.ContainsFunc(w.orphans, func(o *orphan) bool { return o.made == secret })
	return !held && w.promised(r, secret)
}

// atHand reports whether the next run on this machine can open a secret in the net:
// with the key, if there are recipients, or with a secret that it will have, if somebody
// leaves configured what the command was configured with.
func (w *world) atHand(r *ran, secret string) bool {
	have := []string{r.workspace.secret, r.secretThen}
	for _, h := range r.workspace.terraform.stored().all() {
		have = append(have, h.secret)
	}
	return r.here.folder(r.workspace.name).holds(secret, slices.DeleteFunc(have, func(s string) bool { return s == wrongSecret }), w.reader.open)
}

// given are the entries that a run on this machine can open.
func (w *world) given(current *held) []entry {
	have := []string{w.secret}
	if current != nil && w.readable(current) {
		have = append(have, current.secret)
	}
	return w.here.folder(w.name).entries(have, w.open)
}

// open opens what is for the recipients, in a run with the key.
func (w *world) open(ciphertext string) string {
	if w.readerIsOut {
		return ""
	}
	return w.reader.open(ciphertext)
}

// readable reports whether a run can open the secret in state.
func (w *world) readable(h *held) bool {
	return h.ciphertext == "" || !w.readerIsOut || h.secret == w.secret
}

// blocked reports whether the net may keep a run from rotating, since it holds what a
// rotation has made and this run cannot open: without the key, or where another workspace
// had the secret that opens it. Only a net that somebody has chosen may.
func (w *world) blocked(opened []entry) bool {
	return (w.readerIsOut || len(w.workspaces) > 1) && w.here.net == chosenNet && w.here.folder(w.name).blocks(opened)
}

// The recovery file goes when a refresh sees its secret in state.
func (w *world) checkRecovery(r *ran) {
	w.t.Helper()
	if r.killed || !r.refresh || r.before.current == nil || r.before.current.secret == "" || w.foreign(r.before.current) || r.unknownSettings != nil {
		return
	}
	if w.memory.unseen[r.before.current.secret] || !r.ok {
		return // it may be in the file of another endpoint
	}
	for _, e := range w.here.folder(w.name).entries(w.secrets(), w.reader.open) {
		if e.secret == r.before.current.secret && e.endpoint == w.server.URL() && !e.kept {
			w.t.Fatalf("a recovery file is left although its secret was seen in state")
		}
	}
}

// No machine has a secret on its disk in plaintext, or sealed with a dummy.
func (w *world) checkSealed(_ *ran) {
	w.t.Helper()
	if !w.has(sealedNets) {
		return
	}
	var plain []string
	for _, secret := range w.secrets() {
		plain = append(plain, guises(secret)...)
	}
	for _, m := range w.machines {
		_ = filepath.WalkDir(m.root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if slices.ContainsFunc(plain, func(text string) bool { return strings.Contains(string(content), text) }) {
				w.t.Fatalf("a secret is on the disk in plaintext")
			}
			return err
		})
		for _, space := range w.workspaces {
			if len(m.folder(space.name).entries([]string{wrongSecret}, func(string) string { return "" })) > 0 {
				w.t.Fatalf("the net gives a secret to whoever has a dummy")
			}
		}
	}
}

// checkOrder checks that a secret does not take the place of a newer one.
func (w *world) checkOrder(r *ran, before, after *held, made bool) {
	w.t.Helper()
	if !w.has(orderedSecrets) || made {
		return
	}
	issued := w.server.Secrets()
	number := slices.Index(issued, after.secret)
	if number < slices.Index(issued, before.secret) && w.alive(before.secret) {
		w.t.Fatalf("an older secret took the place of a live one")
	}
	// What was planned before, or could not ask the API, need not know of that one.
	asks := r.name == "apply" && r.refresh && len(r.faults.Gets) == 0
	if asks && number < slices.Index(issued, w.secret) && w.alive(w.secret) {
		w.t.Fatalf("an older secret was preferred to a configured one that is accepted")
	}
}

func fingerprint(secret string) string { return apisecret.New(secret).Fingerprint() }
