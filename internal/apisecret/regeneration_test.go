// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package apisecret_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

func effects() map[apisecret.Outcome]apisecret.Effect {
	return map[apisecret.Outcome]apisecret.Effect{
		apisecret.Regenerated:         apisecret.Changed,
		apisecret.NotSent:             apisecret.Unchanged,
		apisecret.NotSentForGood:      apisecret.Unchanged,
		apisecret.RateLimited:         apisecret.Unchanged,
		apisecret.SecretRefused:       apisecret.Unchanged,
		apisecret.BearerRefused:       apisecret.Unchanged,
		apisecret.Refused:             apisecret.Unchanged,
		apisecret.Retryable:           apisecret.Unchanged,
		apisecret.RetryableAfterFault: apisecret.Unknown,
		apisecret.Ambiguous:           apisecret.Unknown,
		apisecret.Unreadable:          apisecret.Changed,
		apisecret.NotFromAPI:          apisecret.Unknown,
		apisecret.Unanswered:          apisecret.Unknown,
	}
}

func TestOutcomeEffect(t *testing.T) {
	t.Parallel()
	for outcome, want := range effects() {
		if got := outcome.Effect(); got != want {
			t.Errorf("outcome %d: effect %d, not %d", outcome, got, want)
		}
	}
	if got := apisecret.Outcome(-1).Effect(); got != apisecret.Unknown {
		t.Errorf("an outcome that does not exist: effect %d", got)
	}
}

// A refusal of the last attempt does not undo what an earlier one may have done.
func TestRegenerateErrorEffect(t *testing.T) {
	t.Parallel()
	for outcome, effect := range effects() {
		failure := apisecret.RegenerateError{Outcome: outcome}
		if got := failure.Effect(); got != effect {
			t.Errorf("outcome %d: effect %d, not %d", outcome, got, effect)
		}
		failure.AmbiguousSince = time.Date(2026, 8, 19, 12, 0, 0, 0, time.UTC)
		if effect == apisecret.Unchanged {
			effect = apisecret.Unknown
		}
		if got := failure.Effect(); got != effect {
			t.Errorf("outcome %d after an ambiguous attempt: effect %d, not %d", outcome, got, effect)
		}
	}
}

func TestRegenerateErrorSaysItsCause(t *testing.T) {
	t.Parallel()
	failure := &apisecret.RegenerateError{Err: context.Canceled}
	if !errors.Is(failure, context.Canceled) || failure.Error() != "no new secret: context canceled" {
		t.Errorf("error %v", failure)
	}
}
