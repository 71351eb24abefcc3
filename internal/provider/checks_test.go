// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// address is that of the resource under test in every configuration.
const address = "integrator_api_secret.test"

// secretResource is the configuration of the resource under test.
func secretResource(arguments string) string {
	return fmt.Sprintf("resource \"integrator_api_secret\" \"test\" {\n%s\n}\n", arguments)
}

// preApply checks the plan that a step applies.
func preApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// action checks what a plan does with the resource under test.
func action(want plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(address, want)
}

func plannedUnknown(attribute string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(address, tfjsonpath.New(attribute))
}

func planned(attribute string, want knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(address, tfjsonpath.New(attribute), want)
}

func stored(attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), want)
}

// inPlaceRotation is a plan that rotates in place: it knows the integrator, and
// nothing of the new secret.
func (f *fixture) inPlaceRotation() resource.ConfigPlanChecks {
	return preApply(
		action(plancheck.ResourceActionUpdate),
		plannedUnknown("secret"), plannedUnknown("version"), plannedUnknown("rotated_at"), plannedUnknown("old_secret_expires_at"),
		planned("id", knownvalue.StringExact(f.Key())), planned("integrator_key", knownvalue.StringExact(f.Key())),
	)
}

// storedOnly is a plan that changes arguments and leaves the secret alone.
func (f *fixture) storedOnly(more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return preApply(append(more,
		action(plancheck.ResourceActionUpdate),
		planned("secret", f.newestSecret()), planned("version", knownvalue.NotNull()), planned("rotated_at", knownvalue.NotNull()),
	)...)
}

// newestSecret is the secret that the API made last. A failure does not print it.
func (f *fixture) newestSecret() knownvalue.Check {
	return knownvalue.StringFunc(func(value string) error {
		if value != f.Secret() {
			return errors.New("not the newest secret")
		}
		return nil
	})
}

// rotated checks that the API has been asked for exactly these rotations since
// the test began, successful or not, each told by its grace period in seconds.
func (f *fixture) rotated(graces ...int) statecheck.StateCheck {
	return rotationsCheck{f, graces}
}

type rotationsCheck struct {
	fixture *fixture
	want    []int
}

func (c rotationsCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if got := c.fixture.rotations(); !slices.Equal(got, c.want) {
		resp.Error = fmt.Errorf("the API was asked for rotations with the grace periods %v, not %v", got, c.want)
	}
}

// rotations are the grace periods of all rotations that the API was asked for.
func (f *fixture) rotations() []int {
	var graces []int
	for _, request := range f.rotationRequests() {
		var body struct{ OldSecretValidForSeconds int }
		if err := json.Unmarshal([]byte(request.Body), &body); err != nil {
			f.t.Errorf("the body of a rotation: %v", err)
		}
		graces = append(graces, body.OldSecretValidForSeconds)
	}
	return graces
}

func (f *fixture) rotationRequests() []emulator.Request {
	return slices.DeleteFunc(f.Requests(), func(r emulator.Request) bool { return r.Path != emulator.RegeneratePath })
}

// expectRotations checks how many rotations the API has been asked for so far.
func (f *fixture) expectRotations(want int) {
	f.t.Helper()
	if got := len(f.rotationRequests()); got != want {
		f.t.Errorf("the API was asked for %d rotations, not %d", got, want)
	}
}

func (f *fixture) expectNothingSent() {
	f.t.Helper()
	if sent := len(f.Requests()); sent != 0 {
		f.t.Errorf("%d requests were sent", sent)
	}
}

// says matches these phrases in this order, wherever Terraform broke the lines.
func says(phrases ...string) *regexp.Regexp {
	patterns := make([]string, len(phrases))
	for i, phrase := range phrases {
		words := strings.Fields(phrase)
		for j, word := range words {
			words[j] = regexp.QuoteMeta(word)
		}
		patterns[i] = strings.Join(words, `\s+`)
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}
