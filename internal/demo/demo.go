// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// demo has an API and a Terraform, and knows the secrets.
type demo struct {
	api   *emulator.Server
	cli   *cli
	story *story

	skew    time.Duration // of the API's clock
	secrets []string      // as the API made them: #1 is the first
	version int64         // of the newest secret in Terraform's state
}

func newDemo(api *emulator.Server, cli *cli, story *story) *demo {
	d := &demo{api: api, cli: cli, story: story, secrets: []string{api.Secret()}}
	d.setClock(clockBefore)
	return d
}

func (d *demo) setClock(skew time.Duration) {
	d.skew = skew
	d.api.SetSkew(skew)
}

// configure hands the provider the integrator's key and the newest secret.
func (d *demo) configure() error {
	return d.cli.configure(map[string]string{
		"INTEGRATOR_ENDPOINT": d.api.URL(),
		"INTEGRATOR_KEY":      d.api.Key(),
		"INTEGRATOR_SECRET":   d.secrets[len(d.secrets)-1],
	})
}

// run has Terraform plan, and apply the plan unless it is empty. It returns the plan
// and the requests that the API got.
func (d *demo) run(ctx context.Context, command string, options ...tfexec.PlanOption) (*plan, []emulator.Request, error) {
	d.story.command(d.cli.name, command)
	before := d.api.Count("", "")
	plan, err := d.cli.plan(ctx, options...)
	if err != nil {
		return nil, nil, err
	}
	d.story.plan(plan)
	if !plan.empty {
		err = d.cli.apply(ctx)
	}
	requests := d.api.Requests()[before:]
	d.story.requests(requests)
	return plan, requests, err
}

// change is a change that rotates the secret.
type change struct {
	command string
	options []tfexec.PlanOption
	planned func(tfjson.Actions) bool // what the plan must be
	meaning string                    // planned in words
}

// rotate makes a change and checks what is true of all rotations.
func (d *demo) rotate(ctx context.Context, change change) error {
	plan, requests, err := d.run(ctx, change.command, change.options...)
	if err != nil {
		return err
	}
	state, err := d.cli.state(ctx)
	if err != nil {
		return err
	}
	old, version, known := len(d.secrets), d.version, slices.Contains(d.secrets, state.secret)
	d.secrets, d.version = append(d.secrets, state.secret), state.version
	posts := regenerations(requests)
	grace := max(0, state.oldSecretExpiresAt.Sub(time.Now().Add(d.skew)))

	return d.story.check(
		claimf(change.planned(plan.actions), "the plan %s", change.meaning),
		claimf(len(posts) == 1 && posts[0].SignedWith == old-1, "one request, signed with #%d, made #%d", old, old+1),
		claimf(state.secret != "" && !known, "the output api_secret is #%d, %s", old+1, emulator.Masked(state.secret)),
		claimf(state.version > version, "its version is %d, which rises with each rotation", state.version),
		d.accepted(ctx, old+1),
		d.accepted(ctx, old),
		claimf(grace > 0, "#%d stays valid for another %s", old, grace.Round(time.Second)),
	)
}

// keep runs a plan that must change nothing.
func (d *demo) keep(ctx context.Context, command string, options ...tfexec.PlanOption) error {
	plan, requests, err := d.run(ctx, command, options...)
	if err != nil {
		return err
	}
	return d.story.check(
		claimf(plan.empty, "the plan is empty"),
		claimf(len(regenerations(requests)) == 0, "no secret was made"),
	)
}

// regenerations are the requests for a new secret, whether they succeeded or not.
func regenerations(requests []emulator.Request) []emulator.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r emulator.Request) bool {
		return r.Path != emulator.RegeneratePath
	})
}

func (d *demo) accepted(ctx context.Context, number int) claim {
	status := d.ask(ctx, number)
	return claimf(status == http.StatusOK, "the API accepts #%d (%d)", number, status)
}

func (d *demo) refused(ctx context.Context, number int) claim {
	status := d.ask(ctx, number)
	return claimf(status == http.StatusUnauthorized, "the API refuses #%d (%d)", number, status)
}

// ask reads the profile with a secret, as a program of the integrator would. It
// returns the status of the answer, or 0 if there is no answer.
func (d *demo) ask(ctx context.Context, number int) int {
	endpoint, err := client.ParseEndpoint(d.api.URL())
	if err != nil {
		return 0
	}
	api := client.New(client.Config{
		Endpoint:      endpoint,
		IntegratorKey: d.api.Key(),
		Secret:        apisecret.New(d.secrets[number-1]),
	})
	_, err = api.Profile(ctx)
	var problem *client.Error
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &problem):
		return problem.Status
	}
	return 0
}
