// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// A deadline that passes while the process is stopped leaves the time to read the
// answer that has come meanwhile.
func TestAnAnswerThatWaitsForAStoppedProcess(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	reached, hold := make(chan struct{}), make(chan struct{})
	fault := emulator.Fault{}.On(http.MethodPost, emulator.RegeneratePath).After()
	fault.Reached, fault.Hold = reached, hold
	f.Inject(fault)
	f.config.RequestTimeout = 50 * time.Millisecond
	var reads atomic.Int64
	f.config.Clock = func() time.Time {
		if reads.Add(1) == 3 { // the first two are of the beginning, this one is of the deadline
			<-reached
			f.advance(time.Minute)
			close(hold)
		}
		return f.clock()
	}
	got, err := f.client().RegenerateSecret(t.Context(), apisecret.RegenerateInput{})
	f.wantSent(t, 0, 1)
	wantRegenerated(t, f, got, err, 0, time.Time{})
}
