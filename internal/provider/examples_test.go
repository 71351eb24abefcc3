// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/examples"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Every published example is applied as it stands, and leaves an empty plan.
// Those in schedules are TestSchedules's, those in loops are TestLoops's, since they
// need a secret store. Those in newest-secret are TestNewestSecretAsPublished's, since
// each of their two provider blocks needs a process: here both would configure the same
// one. The query is TestQuery's, and the test TestMockedProvider's.
func TestExamples(t *testing.T) {
	t.Parallel()
	const key, hookID = "int_1a2b3c", "66f2a1c09b3e4d5f6a7b8c9d" // as the examples have them
	age := newKey(t)
	variables := config.Variables{ // those without a default
		"age_identity":   config.StringVariable(age.identity),
		"recipient":      config.StringVariable(age.recipient),
		"recipients":     config.ListVariable(config.StringVariable(age.recipient)),
		"user_api_key":   config.StringVariable("ak_demo"),
		"webhook_secret": config.StringVariable("whsec_demo"),
	}
	published := publishedExamples(t)
	for file, example := range published {
		folder, name := path.Split(file)
		switch {
		case strings.HasPrefix(file, "schedules/"), strings.HasPrefix(file, "loops/"), strings.HasPrefix(file, "newest-secret/"), path.Ext(file) == ".hcl":
			continue
		case folder == "provider/": // does nothing by itself
			example += profile
		case strings.HasPrefix(name, "import-"):
			example += published[folder+"resource.tf"]
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			switch {
			case name == "import-with-identity.tf":
				needs(t, resourceIdentity())
			case strings.Contains(example, "_wo "):
				needs(t, writeOnlyArguments())
			case strings.Contains(example, "ephemeral"):
				needs(t, ephemeralResources())
			}
			f := newFixture(t, emulator.Options{Key: key})
			f.setenv(ageKey, age.identity)
			f.ChangeWebhook(f.AddWebhook("https://example.com/webhooks", "payment.completed", "payment.refunded").ID, func(h *emulator.Webhook) { h.ID = hookID })
			f.terraform(resource.TestStep{Config: example, ConfigVariables: variables})
			if strings.Contains(example, "import {") && (len(f.rotations()) > 0 || f.Count("POST", emulator.WebhooksPath) > 0) {
				t.Error("the import rotated the secret, or made a webhook")
			}
		})
	}
}

// What is shown can be pasted into an empty file: without either, Terraform looks for
// the provider in a place that does not exist, or complains of the missing block.
func TestExamplesArePasteable(t *testing.T) {
	t.Parallel()
	for file, example := range publishedExamples(t) {
		if path.Ext(file) == ".hcl" || strings.HasPrefix(path.Base(file), "import-") {
			continue // those go beside another file
		}
		for _, block := range []string{`source = "integrator/integrator"`, `provider "integrator" {`} {
			if !strings.Contains(example, block) {
				t.Errorf("%s lacks %s", file, block)
			}
		}
	}
}

func TestExampleRotates(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	example := publishedExamples(t)["resources/integrator_api_secret/resource.tf"]
	step := func(rotation string, graces ...int) resource.TestStep {
		return resource.TestStep{
			Config:            example,
			ConfigVariables:   config.Variables{"rotation": config.StringVariable(rotation)},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("api_secret", f.newestSecret()), f.rotated(graces...)},
		}
	}
	f.terraform(step("1", 300), step("2", 300, 300))
}

// A leaked secret: a grace period of 0 counts in the very apply that rotates.
func TestExampleEndsALeakedSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	const grace = "old_secret_valid_for_seconds = "
	example := publishedExamples(t)["resources/integrator_api_secret/resource.tf"]
	leaked := strings.Replace(example, grace+"300", grace+"0", 1)
	if leaked == example {
		t.Fatal("the example has another grace period")
	}
	var old string
	f.terraform(
		resource.TestStep{Config: example, ConfigStateChecks: []statecheck.StateCheck{f.rotated(300)}},
		resource.TestStep{
			PreConfig:         func() { old = f.Secret() },
			Config:            leaked,
			ConfigVariables:   config.Variables{"rotation": config.StringVariable("2")},
			ConfigStateChecks: []statecheck.StateCheck{f.rotated(300, 0)},
		})
	if f.Accepts(old) {
		t.Error("the old secret is still accepted")
	}
}

// The one apply that rotates delivers the new secret too.
func TestExampleDeliversInTheSameApply(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	f := newFixture(t, emulator.Options{})
	age := newKey(t)
	step := func(rotation string) resource.TestStep {
		return resource.TestStep{
			Config: publishedExamples(t)["ephemeral-resources/integrator_decrypted_secret/ephemeral-resource.tf"],
			ConfigVariables: config.Variables{
				"rotation":     config.StringVariable(rotation),
				"recipient":    config.StringVariable(age.recipient),
				"age_identity": config.StringVariable(age.identity),
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("integrator_webhook_secret.example", tfjsonpath.New("id"), knownvalue.StringFunc(func(string) error {
					return f.signs(f.Secret())
				})),
			},
		}
	}
	f.terraform(step("1"), step("2"))
	f.expectSecretSent(2)
}

// publishedExamples are the configurations under examples, by file.
func publishedExamples(t *testing.T) map[string]string {
	t.Helper()
	configs := map[string]string{}
	err := fs.WalkDir(examples.FS(), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".tf" && path.Ext(file) != ".hcl" {
			return err
		}
		content, err := fs.ReadFile(examples.FS(), file)
		configs[file] = string(content) + "\n"
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return configs
}
