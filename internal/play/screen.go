// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// screen shows a person what the API does. The settings hold the first secret; after
// them, no secret is shown whole.
type screen struct {
	out   io.Writer
	api   *emulator.Server
	shown int // secrets so far
}

func (s *screen) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
}

func (s *screen) opening() {
	s.shown = 1
	s.printf(`An emulated integrator API listens on this machine. Paste this into the shell where
you run Terraform or OpenTofu:

export INTEGRATOR_ENDPOINT=%s
export INTEGRATOR_KEY=%s
export INTEGRATOR_SECRET=%s

It is secret #1; new ones are numbered as they are made. Each request is shown here.
Ctrl-C ends the API.

`, s.api.URL(), s.api.Key(), s.api.Secret())
}

// request shows a request, and the secrets that were made since the one before it.
func (s *screen) request(r emulator.Request) {
	s.printf("%s\n", r.Summary())
	for _, secret := range s.api.Secrets()[s.shown:] {
		s.shown++
		s.printf("     made #%d, %s\n", s.shown, emulator.Masked(secret))
	}
}

func (s *screen) closing() {
	s.printf(`
The API and its secrets are gone. A state that holds one of them is of no use any more.
In the shell where you pasted the settings:

unset INTEGRATOR_ENDPOINT INTEGRATOR_KEY INTEGRATOR_SECRET
`)
}
