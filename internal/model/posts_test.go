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
	if len(posts) > 0 && (!r.applies() || r.planned == noOp || r.planned == destroy) {
		w.t.Fatalf("a rotation that was not planned")
	}
	c := &postCheck{world: w, ran: r, retries: map[int]int{}, retimed: map[int]bool{}}
	for i, p := range posts {
		checked := post{Request: p}
		if i < len(posts)-1 {
			checked.next = &posts[i+1]
		}
		if i < len(r.faults.Posts) {
			checked.fault = r.faults.Posts[i]
		}
		c.check(checked)
	}
}

// post is a request to regenerate the secret.
type post struct {
	emulator.Request

	next  *emulator.Request // nil for the last one
	fault postFault
}

// same reports whether there is another request, signed with the same secret.
func (p post) same() bool { return p.next != nil && p.next.SignedWith == p.SignedWith }

// postCheck goes through the requests of a run.
type postCheck struct {
	*world

	ran     *ran
	lost    time.Time // when the first ambiguous one was signed
	resent  bool
	retries map[int]int  // by signer
	retimed map[int]bool // by signer
	signers []int
}

func (c *postCheck) check(p post) {
	c.t.Helper()
	if !slices.Contains(c.signers, p.SignedWith) {
		c.signers = append(c.signers, p.SignedWith)
	}
	outcome := p.fault.outcome(p.Request)
	if c.lost.IsZero() && (outcome == againMaybe || outcome == ambiguous) {
		c.lost = signedAt(p.Request)
	}
	must := c.checkTime(p) && !c.ran.interrupted && !c.ran.killed && len(c.signers) == 1

	switch outcome {
	case regenerated, stop, burnt:
		if p.next != nil {
			c.t.Fatalf("a request followed one that ended it: %q", p.fault)
		}
	case again, againMaybe:
		c.checkNext(p, must, c.MaxRetries > c.retries[p.SignedWith], "retry")
	case ambiguous:
		c.checkNext(p, must, c.MaxRetries > 0 && !c.resent, "resend")
		c.resent = true
	case refused:
		c.checkRefused(p)
	}
}

// checkTime reports whether a request may be sent again without a risk for the
// newer secret, and fails if one was sent all the same.
func (c *postCheck) checkTime(p post) bool {
	c.t.Helper()
	if c.lost.IsZero() {
		return true
	}
	at, grace := signedAt(p.Request), graceOf(p.Request)
	inTime := grace == 0 || at.Add(resendWait).Before(c.lost.Add(grace))
	if p.next != nil && (!inTime || signedAt(*p.next).Sub(at) < resendWait) {
		c.t.Fatalf("sent again too early or too late after %q", p.fault)
	}
	return inTime
}

// checkNext checks that the request was repeated if it had to be, and only if it
// was allowed to be.
func (c *postCheck) checkNext(p post, must, allowed bool, what string) {
	c.t.Helper()
	if p.next != nil && (!p.same() || !allowed) {
		c.t.Fatalf("a %s that was not allowed after %q", what, p.fault)
	}
	if p.next == nil && allowed && must {
		c.t.Fatalf("no %s after %q", what, p.fault)
	}
	c.retries[p.SignedWith]++
}

// checkRefused checks what follows a refused signature.
func (c *postCheck) checkRefused(p post) {
	c.t.Helper()
	switch {
	case p.next == nil, p.SignedWith < 0: // one of the secrets that are not of this endpoint
	case !c.lost.IsZero():
		c.t.Fatalf("a request after a refusal that followed an ambiguous one")
	case p.same() && (c.retimed[p.SignedWith] || c.memory.skew.Abs() < 240*time.Second || c.MaxRetries == 0):
		c.t.Fatalf("the same credential again after a refusal")
	case p.same():
		c.retimed[p.SignedWith] = true
	case slices.Contains(c.signers, p.next.SignedWith):
		c.t.Fatalf("a credential that had been refused was tried again")
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
