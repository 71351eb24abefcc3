// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// TestRunNotices shows that the demo checks its claims: each of these faults of the
// API makes one of them false.
func TestRunNotices(t *testing.T) {
	t.Parallel()
	regenerate := func(fault emulator.Fault) emulator.Fault {
		return fault.On(http.MethodPost, emulator.RegeneratePath)
	}
	reply := func(change func(map[string]any)) emulator.Fault {
		return regenerate(emulator.Fault{Rewrite: change})
	}
	none := regenerate(emulator.Fault{})

	for name, test := range map[string]struct {
		faults []emulator.Fault
		want   string
	}{
		"rotation refused": {
			[]emulator.Fault{none, regenerate(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, "Forbidden", "Not you."))},
			"step 3 (Rotate in place): The API secret was not rotated",
		},
		"tried twice": {
			[]emulator.Fault{none, regenerate(emulator.TooManyRequests("0"))},
			"step 3 (Rotate in place): this does not hold: one request, signed with #2, made #3",
		},
		"wrong secret": {
			[]emulator.Fault{reply(func(r map[string]any) { r["secret"] = "sk_test_WRONGWRONGWRONGWRONGWRONGW" })},
			"step 1 (Create): this does not hold: the API accepts #2 (401)",
		},
		"no grace period": {
			[]emulator.Fault{reply(func(r map[string]any) { delete(r, "oldSecretExpiresAt") })},
			"step 1 (Create): this does not hold: #1 stays valid for another 0s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var output bytes.Buffer
			err := run(t.Context(), &output, options{terraform: chosen(t), timeout: patience, faults: test.faults})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the demo ended with %v\nwant %s\n%s", err, test.want, output.String())
			}
			if strings.Contains(output.String(), "Everything held") {
				t.Error("the demo says that everything held")
			}
			checkMasked(t, output.String()+err.Error())
		})
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), io.Discard, options{terraform: chosen(t), timeout: time.Nanosecond})
	if want := "step 1 (Create): it took longer than 1ns"; err == nil || err.Error() != want {
		t.Errorf("the demo ended with %v, want %s", err, want)
	}
}
