// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// expectRequests checks how many requests a command sends.
func expectRequests(t *testing.T, api *emulator.Server, want int, command string, run func()) {
	t.Helper()
	before := len(api.Requests())
	run()
	if sent := len(api.Requests()) - before; sent != want {
		t.Errorf("%s sent %d requests, not %d", command, sent, want)
	}
}

func TestRequestsOfManyWebhooks(t *testing.T) {
	t.Parallel()
	const n = 4
	s := newSession(t)
	for i := range n {
		s.add("webhook", args{"url": fmt.Sprintf("%s/%d", hookURL, i), "events": []string{"*"}})
	}
	expectRequests(t, s.Server, n+1, "a creation", s.mustApply)
	expectRequests(t, s.Server, 1, "a plan", func() { s.mustPlan() })
	for _, b := range s.blocks {
		b.replace = true
	}
	expectRequests(t, s.Server, 2*n+2, "a replacement", s.mustApply)
	for _, b := range s.blocks {
		b.replace, b.config["events"] = false, []string{}
	}
	expectRequests(t, s.Server, n+1, "an update", s.mustApply)
	expectRequests(t, s.Server, n+1, "a destruction", s.destroy)
	if left := s.Webhooks(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// manyWebhooks is a configuration that a real Terraform works on with several
// calls at once.
func manyWebhooks(n int, path string) string {
	return fmt.Sprintf(`resource "integrator_webhook" "test" {
		count  = %d
		url    = "%s/${count.index}%s"
		events = ["*"]
	}`, n, hookURL, path)
}

func TestRequestsOfManyWebhooksAtOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	c := newCLI(t, emulator.Options{}, manyWebhooks(n, ""))
	expectRequests(t, c.Server, n+1, "a creation", func() { c.terraform(0, "apply", "-auto-approve") })
	expectRequests(t, c.Server, 1, "a plan", func() { c.terraform(0, "plan") })
	c.write(manyWebhooks(n, "/new"))
	expectRequests(t, c.Server, 2*n+2, "a replacement", func() { c.terraform(0, "apply", "-auto-approve") })
}

// Of many webhooks that are made at once, the answers to some are lost.
func TestLostWebhooksAmongMany(t *testing.T) {
	t.Parallel()
	const n = 12
	f := newFixture(t, emulator.Options{})
	lost, fine := emulator.Fault{Drop: true}.After(), emulator.Fault{}
	for _, fault := range []emulator.Fault{fine, fine, lost, fine, lost, lost} {
		f.Inject(onWebhooks(http.MethodPost, fault))
	}
	f.terraform(resource.TestStep{
		Config: manyWebhooks(n, ""),
		Check: func(*terraform.State) error {
			if there := len(f.Webhooks()); there != n {
				return fmt.Errorf("there are %d webhooks", there)
			}
			return nil
		},
	})
	f.expectWebhooksAskedFor(n)
}
