// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// The API accepts requests from clocks that differ from its own by up to 300 s. So
// its clock starts 151 s behind the clock of this machine and jumps to 151 s ahead
// of it. By the jump of 302 s, the example's grace period of 300 s is over.
const (
	clockBefore = -151 * time.Second
	clockAfter  = +151 * time.Second
)

type step struct {
	title, text string
	play        func(context.Context) error
}

func (d *demo) play(ctx context.Context) error {
	for i, step := range d.steps() {
		d.story.step(i+1, step.title, step.text)
		if err := step.play(ctx); err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, step.title, cause(ctx, err))
		}
	}
	return nil
}

func (d *demo) steps() []step {
	const rotated = "-var rotation=2"
	rotation := tfexec.Var("rotation=2")

	return []step{{
		"Create",
		`INTEGRATOR_SECRET holds #1, which somebody got from the platform by hand.
		 The first apply replaces it with a secret that only Terraform has seen, and
		 #1 becomes invalid after the grace period. That is what the warning is about.`,
		func(ctx context.Context) error {
			if err := d.configure(); err != nil {
				return err
			}
			d.story.command(d.cli.name, "init")
			if err := d.cli.init(ctx); err != nil {
				return err
			}
			return d.rotate(ctx, change{
				command: "apply",
				planned: tfjson.Actions.Create,
				meaning: "creates the resource",
			})
		},
	}, {
		"Plan again",
		`Nothing has changed, so the secret is left alone.`,
		func(ctx context.Context) error { return d.keep(ctx, "plan") },
	}, {
		"Rotate in place",
		`A changed value in rotate_when_changed rotates the secret. The request is
		 signed with the secret that Terraform holds, not with INTEGRATOR_SECRET.
		 The warning is about #1, whose grace period the API may now cut short.`,
		func(ctx context.Context) error {
			return d.rotate(ctx, change{
				command: "apply " + rotated,
				options: []tfexec.PlanOption{rotation},
				planned: tfjson.Actions.Update,
				meaning: "updates the resource in place",
			})
		},
	}, {
		"Five minutes later",
		`Nobody has to wait: it is the API's clock that jumps.`,
		func(ctx context.Context) error {
			d.setClock(clockAfter)
			return d.story.check(
				d.refused(ctx, 1),
				d.refused(ctx, 2),
				d.accepted(ctx, 3),
			)
		},
	}, {
		"Hand the new secret over",
		`INTEGRATOR_SECRET still holds #1, which has expired. It gets what "output -raw
		 api_secret" prints, and the plan is as quiet as before.`,
		func(ctx context.Context) error {
			if err := d.configure(); err != nil {
				return err
			}
			return d.keep(ctx, "plan "+rotated, rotation)
		},
	}, {
		"Rotate by replacing",
		`The other way to rotate, for when the configuration is to stay as it is.`,
		func(ctx context.Context) error {
			return d.rotate(ctx, change{
				command: "apply " + rotated + " -replace=" + resourceAddress,
				options: []tfexec.PlanOption{rotation, tfexec.Replace(resourceAddress)},
				planned: tfjson.Actions.Replace,
				meaning: "replaces the resource",
			})
		},
	}, {
		"Destroy",
		`Terraform forgets the secret. The API cannot delete one, and the warning
		 says what that means.`,
		func(ctx context.Context) error { return d.destroy(ctx, "destroy "+rotated, rotation) },
	}}
}

func (d *demo) destroy(ctx context.Context, command string, options ...tfexec.PlanOption) error {
	plan, requests, err := d.run(ctx, command, append(options, tfexec.Destroy(true))...)
	if err != nil {
		return err
	}
	state, err := d.cli.state(ctx)
	if err != nil {
		return err
	}
	newest := len(d.secrets)
	return d.story.check(
		claimf(plan.actions.Delete(), "the plan destroys the resource"),
		claimf(slices.Contains(plan.warnings, "The API secret stays valid"), "it warns that the secret stays valid"),
		claimf(len(regenerations(requests)) == 0, "no secret was made"),
		claimf(state.secret == "", "Terraform has forgotten #%d", newest),
		d.accepted(ctx, newest),
	)
}
