// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// resendWait is the least wait before an ambiguous request is sent again.
const resendWait = 3 * time.Second

// checkPosts holds the requests to regenerate the secret against the table of
// outcomes: what may follow what, and what must.
func (w *world) checkPosts(r *ran) {
	w.t.Helper()
	posts := r.posts()
	applies := r.name == "apply" || r.name == "apply the plan"
	if len(posts) > 0 && (!applies || r.planned == noOp || r.planned == destroy) {
		w.t.Fatalf("a rotation that was not planned")
	}
	var lost time.Time // when the first ambiguous one was signed
	var resent bool
	retries := map[int]int{} // by signer
	var signers []int
	retimed := map[int]bool{}
	for i, p := range posts {
		fault := none
		if i < len(r.faults.Posts) {
			fault = r.faults.Posts[i]
		}
		if !slices.Contains(signers, p.SignedWith) {
			signers = append(signers, p.SignedWith)
		}
		last := i == len(posts)-1
		same := !last && posts[i+1].SignedWith == p.SignedWith
		allowed := w.MaxRetries > retries[p.SignedWith]
		must := !r.interrupted && len(signers) == 1
		at := signedAt(p)

		outcome := fault.outcome(p)
		if lost.IsZero() && (outcome == againMaybe || outcome == ambiguous) {
			lost = at
		}
		if grace := graceOf(p); !lost.IsZero() {
			inTime := grace == 0 || at.Add(resendWait).Before(lost.Add(grace))
			if !last && (!inTime || signedAt(posts[i+1]).Sub(at) < resendWait) {
				w.t.Fatalf("sent again too early or too late after %q", fault)
			}
			must = must && inTime
		}

		switch outcome {
		case regenerated, stop, burnt:
			if !last {
				w.t.Fatalf("a request followed one that ended it: %q", fault)
			}
		case again, againMaybe:
			if !last && (!same || !allowed) {
				w.t.Fatalf("too many retries after %q", fault)
			}
			if last && allowed && must {
				w.t.Fatalf("no retry after %q", fault)
			}
			retries[p.SignedWith]++
		case ambiguous:
			allowed = w.MaxRetries > 0 && !resent
			if !last && (!same || !allowed) {
				w.t.Fatalf("a resend that was not allowed after %q", fault)
			}
			if last && allowed && must {
				w.t.Fatalf("no resend after %q", fault)
			}
			resent = true
			retries[p.SignedWith]++
		case refused:
			switch {
			case last, p.SignedWith < 0: // one of the secrets that are not of this endpoint
			case !lost.IsZero():
				w.t.Fatalf("a request after a refusal that followed an ambiguous one")
			case same && (retimed[p.SignedWith] || w.memory.skew.Abs() < 240*time.Second || w.MaxRetries == 0):
				w.t.Fatalf("the same credential again after a refusal")
			case same:
				retimed[p.SignedWith] = true
			case slices.Contains(signers, posts[i+1].SignedWith):
				w.t.Fatalf("a credential that had been refused was tried again")
			}
		}
	}
}

// graceOf is the grace period that a request asks for.
func graceOf(r emulator.Request) time.Duration {
	var body struct{ OldSecretValidForSeconds int }
	_ = json.Unmarshal([]byte(r.Body), &body)
	return time.Duration(body.OldSecretValidForSeconds) * time.Second
}

// signedAt is the time in a request's signature.
func signedAt(r emulator.Request) time.Time {
	ms, _ := strconv.ParseInt(r.Timestamp, 10, 64)
	return time.UnixMilli(ms).UTC()
}
