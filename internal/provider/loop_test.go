// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// loop is a published configuration in which a store hands the provider the
// secret that signs, and gets the new one.
type loop struct {
	store    *store
	location string
	written  func(secret string) string // as it is in the store
	// fromJob is set where it is not the provider's configuration that reads the
	// store, but the job that runs Terraform.
	fromJob bool
}

func loops() map[string]loop {
	asIs := func(secret string) string { return secret }
	inJSON := func(secret string) string { return `{"api_secret":"` + secret + `"}` }
	text := ephemeralschema.StringAttribute{Computed: true}
	argument := ephemeralschema.StringAttribute{Required: true}
	return map[string]loop{
		"loops/vault/main.tf": {
			location: "secret/integrator",
			written:  inJSON,
			store: &store{
				provider: "vault", typeName: "vault_kv_secret_v2",
				resource: schema.Schema{Attributes: map[string]schema.Attribute{
					"mount":                schema.StringAttribute{Required: true},
					"name":                 schema.StringAttribute{Required: true},
					"data_json_wo":         schema.StringAttribute{Optional: true, WriteOnly: true},
					"data_json_wo_version": schema.Int64Attribute{Optional: true},
				}},
				ephemeral: ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
					"mount": argument,
					"name":  argument,
					"data":  ephemeralschema.MapAttribute{ElementType: types.StringType, Computed: true},
				}},
				location: []path.Path{path.Root("mount"), path.Root("name")},
				written:  path.Root("data_json_wo"),
				read: func(written string) (string, any) {
					data := map[string]string{}
					_ = json.Unmarshal([]byte(written), &data) // an empty one is noticed
					return "data", data
				},
			},
		},
		"loops/aws/main.tf": {
			location: "integrator/api-secret",
			written:  asIs,
			store: &store{
				provider: "aws", typeName: "aws_secretsmanager_secret_version",
				resource: schema.Schema{Attributes: map[string]schema.Attribute{
					"secret_id":        schema.StringAttribute{Required: true},
					"secret_string_wo": schema.StringAttribute{Optional: true, Sensitive: true, WriteOnly: true},
					"secret_string_wo_version": schema.Int64Attribute{
						Optional: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
					},
				}},
				ephemeral: ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
					"secret_id":     argument,
					"secret_string": text,
				}},
				location: []path.Path{path.Root("secret_id")},
				written:  path.Root("secret_string_wo"),
				read:     func(written string) (string, any) { return "secret_string", written },
			},
		},
		"loops/kubernetes/main.tf": {
			fromJob:  true,
			location: "default/integrator",
			written:  asIs,
			store: &store{
				provider: "kubernetes", typeName: "kubernetes_secret_v1",
				resource: schema.Schema{
					Attributes: map[string]schema.Attribute{
						"data_wo":          schema.MapAttribute{ElementType: types.StringType, Optional: true, WriteOnly: true},
						"data_wo_revision": schema.Int64Attribute{Optional: true},
					},
					Blocks: map[string]schema.Block{
						"metadata": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
							"name":      schema.StringAttribute{Optional: true},
							"namespace": schema.StringAttribute{Optional: true},
						}}},
					},
				},
				location: []path.Path{
					path.Root("metadata").AtListIndex(0).AtName("namespace"),
					path.Root("metadata").AtListIndex(0).AtName("name"),
				},
				written: path.Root("data_wo").AtMapKey("api_secret"),
			},
		},
	}
}

// The published loops, with stand-ins for the stores and their providers: each
// new secret reaches the store once, in the apply that makes it, and the next
// run gets it from there.
func TestLoops(t *testing.T) {
	t.Parallel()
	examples := publishedExamples(t)
	maps.DeleteFunc(examples, func(file, _ string) bool { return !strings.HasPrefix(file, "loops/") })
	if published, tested := slices.Sorted(maps.Keys(examples)), slices.Sorted(maps.Keys(loops())); !slices.Equal(published, tested) {
		t.Errorf("published are %v, but tested %v", published, tested)
	}
	for file, loop := range loops() {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			loop.test(t, examples[file])
		})
	}
}

func (l loop) test(t *testing.T, example string) {
	needs(t, writeOnlyArguments())
	f := newFixture(t, emulator.Options{})
	k := newKey(t)
	f.setenv("INTEGRATOR_AGE_IDENTITY", k.identity)
	f.setenv("INTEGRATOR_SECRET", "")
	l.store.put(l.location, l.written(f.Secret()))
	// Only the configured secret can sign this request, so it shows which one that is.
	example += profile
	// plugin-testing has all providers in one namespace.
	example = strings.ReplaceAll(example, `"hashicorp/`, `"integrator/`)

	step := func(writes int, graces ...int) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() {
				if l.fromJob {
					f.setenv("INTEGRATOR_SECRET", l.store.get(l.location))
				}
			},
			Config:          example,
			ConfigVariables: config.Variables{"recipient": config.StringVariable(k.recipient)},
			ConfigStateChecks: []statecheck.StateCheck{
				f.rotated(graces...),
				noPlaintext{f},
				after(func() { l.store.expect(t, l.location, l.written(f.Secret()), writes) }),
			},
		}
	}
	later := func(step resource.TestStep, meanwhile ...func()) resource.TestStep {
		prepare := step.PreConfig
		step.PreConfig = func() {
			f.clock.Advance(31 * day)
			for _, change := range meanwhile {
				change()
			}
			prepare()
		}
		return step
	}
	// The store fails after the rotation: the next apply delivers, and does not
	// rotate again.
	undelivered := later(step(2), l.store.failOnce)
	undelivered.ConfigStateChecks, undelivered.ExpectError = nil, says("The store is sealed")

	factories := f.factories()
	factories[l.store.provider] = providerserver.NewProtocol6WithError(storeProvider{l.store})
	f.terraformWith(factories, step(1, 3600), later(step(2, 3600, 3600)), undelivered, step(3, 3600, 3600, 3600))
}

// noPlaintext checks that the state holds none of the API's secrets.
type noPlaintext struct{ fixture *fixture }

func (c noPlaintext) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	content, err := json.Marshal(req.State.Values)
	for _, secret := range c.fixture.Secrets() {
		if strings.Contains(string(content), secret) {
			err = errors.New("a secret is in the state in plaintext")
		}
	}
	resp.Error = err
}

// after is a look at what an apply has done elsewhere.
type after func()

func (f after) CheckState(context.Context, statecheck.CheckStateRequest, *statecheck.CheckStateResponse) {
	f()
}
