// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/recovery"
)

// What a failed call means for the secret, over all outcomes, and what the next
// rotation in the same process is told.
func TestRotationThatFails(t *testing.T) {
	t.Parallel()
	since := newFixture().now.Add(-time.Minute)
	for name, c := range map[string]struct {
		outcome apisecret.Outcome
		since   time.Time // of an earlier attempt that may have been carried out
		kind    Kind
		next    Kind
	}{
		"not sent":                           {apisecret.NotSent, time.Time{}, NotRotated, NotRotated},
		"not sent for good":                  {apisecret.NotSentForGood, time.Time{}, NotRotated, NotRotated},
		"rate limited":                       {apisecret.RateLimited, time.Time{}, NotRotated, NotRotated},
		"secret refused":                     {apisecret.SecretRefused, time.Time{}, NotRotated, NotRotated},
		"bearer refused":                     {apisecret.BearerRefused, time.Time{}, NotRotated, NotRotated},
		"refused":                            {apisecret.Refused, time.Time{}, NotRotated, NotRotated},
		"retryable":                          {apisecret.Retryable, time.Time{}, NotRotated, NotRotated},
		"retryable after a fault":            {apisecret.RetryableAfterFault, since, PerhapsRotated, SecondRotationInVain},
		"ambiguous":                          {apisecret.Ambiguous, since, PerhapsRotated, SecondRotationInVain},
		"unanswered":                         {apisecret.Unanswered, since, PerhapsRotated, SecondRotationInVain},
		"unreadable":                         {apisecret.Unreadable, time.Time{}, ReplyUnreadable, SecondRotationInVain},
		"ambiguous, then not sent":           {apisecret.NotSent, since, PerhapsRotated, SecondRotationInVain},
		"ambiguous, then rate limited":       {apisecret.RateLimited, since, PerhapsRotated, SecondRotationInVain},
		"ambiguous, then the secret refused": {apisecret.SecretRefused, since, RotatedAndLost, SecondRotationInVain},
		"ambiguous, then unreadable":         {apisecret.Unreadable, since, ReplyUnreadable, SecondRotationInVain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			failure := &apisecret.RegenerateError{Outcome: c.outcome, Err: errUnreachable, AmbiguousSince: c.since}
			f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) { return nil, failure }
			process := f.process()
			result := rotateNow(t, process, f.holding("s1"), Arguments{})
			same(t, "failed", result.Failed, true)
			equal(t, "events", result.Events, []Event{{Kind: APICalled}, {Kind: c.kind, Err: errUnreachable, Failure: failure}})
			equal(t, "the folder", f.store.holds(), nil)
			equal(t, "used", f.api.used, nil)

			f.api.posts = nil
			result = rotateNow(t, process, f.holding("s1"), Arguments{})
			same(t, "the next rotation", result.Events[len(result.Events)-1].Kind, c.next)
			same(t, "it is tried", len(f.api.posts) > 0, c.next == NotRotated)
		})
	}
}

func TestRotationThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) { return nil, errUnreachable }
	result := rotateNow(t, f.process(), f.holding("s1"), Arguments{})
	same(t, "failed", result.Failed, true)
	equal(t, "events", result.Events, []Event{{Kind: APICalled}, {Kind: NotPossible, Err: errUnreachable}})
}

func TestReplyWithoutASecretIsKept(t *testing.T) {
	t.Parallel()
	for outcome, kind := range map[apisecret.Outcome]Kind{apisecret.Unreadable: ReplyUnreadable, apisecret.NotFromAPI: AnswerNotFromAPI} {
		keepsReply(t, outcome, kind)
	}
}

func keepsReply(t *testing.T, outcome apisecret.Outcome, kind Kind) {
	t.Helper()
	full := errors.New("the disk is full")
	for name, c := range map[string]struct {
		recipients []string
		config     []func(*Config)
		signedWith string
		write      error
		reply      string
		kept       []string
		want       KeptReply
	}{
		"sealed with the secret in state": {reply: "{}", kept: []string{"with s1:{}"}, want: KeptReply{Copies: []SealedCopy{{"reply-1", fingerprint("s1")}}}},
		"for recipients":                  {recipients: []string{"alice"}, reply: "{}", kept: []string{"for alice:{}"}, want: KeptReply{Copies: []SealedCopy{{"reply-1", ""}}}},
		"on a full disk":                  {reply: "{}", write: full, kept: []string{"with s1:{}"}, want: KeptReply{Copies: []SealedCopy{{"reply-1", fingerprint("s1")}}, Err: full}},
		"without a folder":                {reply: "{}", config: []func(*Config){noStore}},
		"without a body":                  {},
		"with a dummy":                    {reply: "{}", config: []func(*Config){configured("dummy")}, kept: []string{"with s1:{}"}, want: KeptReply{Copies: []SealedCopy{{"reply-1", fingerprint("s1")}}}},
	} {
		t.Run(fmt.Sprint(outcome, name), func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.store.write = c.write
			f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
				return nil, &apisecret.RegenerateError{Outcome: outcome, Err: errUnreachable, Reply: apisecret.New(c.reply)}
			}
			result := rotateNow(t, f.process(c.config...), f.holding("s1"), Arguments{Recipients: Recipients{Keys: c.recipients}})
			equal(t, "events", kinds(result.Events), []Kind{APICalled, kind})
			same(t, "reply", result.Events[1].Reply, c.want)
			equal(t, "kept", ciphertexts(f.store.replies), c.kept)
		})
	}
}

func ciphertexts(copies []recovery.Copy) (all []string) {
	for _, c := range copies {
		all = append(all, c.Ciphertext)
	}
	return all
}

// The configured secret of a creation is known to be no dummy once it has signed a
// request that was carried out.
func TestReplyOfACreationIsKept(t *testing.T) {
	t.Parallel()
	for outcome, kept := range map[apisecret.Outcome][]string{apisecret.Unreadable: {"with s1:{}"}, apisecret.NotFromAPI: nil} {
		f := newFixture()
		f.api.regenerate = func(in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
			return nil, &apisecret.RegenerateError{Outcome: outcome, Err: errUnreachable, SignedWith: in.Signers[0], Reply: apisecret.New("{}")}
		}
		f.process().Create(t.Context(), Arguments{}, graceSet)
		equal(t, "kept", ciphertexts(f.store.replies), kept)
	}
}

// A failure names what was not tried, and whether any state was seen at all.
func TestFailureSaysWhatCouldNotSign(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.api.answers = nothingAccepted
	failure := func(result Result) Event { return event(result.Events, NotRotated) }
	created, _ := f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "a creation is blind", failure(created).Blind, true)
	same(t, "an update is not", failure(rotateNow(t, f.process(), f.holding("s1"), Arguments{})).Blind, false)

	sealed := f.holding("s2").encryptedFor("alice")
	f.store.found = []recovery.Found{forAlice(f.made("s3"), "s3")}
	copies := []SealedCopy{{Path: "file-of-" + fingerprint("s3")}}
	updated := rotateNow(t, f.process(), sealed, Arguments{})
	same(t, "undecryptable", failure(updated).Undecryptable, Undecryptable{InState: true, Recovered: copies})
	same(t, "blind", failure(updated).Blind, false)

	f.api.regenerate = func(apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
		return nil, &apisecret.RegenerateError{Outcome: apisecret.RateLimited, Err: errUnreachable}
	}
	created, _ = f.process().Create(t.Context(), Arguments{}, graceSet)
	same(t, "blind where the secret is not refused", failure(created).Blind, false)
}
