// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// The published schedules, with the real time provider where they use it: when
// the time has come, each fires once.
func TestSchedules(t *testing.T) {
	t.Parallel()
	examples := publishedExamples(t)
	maps.DeleteFunc(examples, func(file, _ string) bool { return !strings.HasPrefix(file, "schedules/") })
	actions := map[string]plancheck.ResourceActionType{
		"schedules/rotate_after_days/main.tf":      plancheck.ResourceActionUpdate,
		"schedules/time_rotating-in-place/main.tf": plancheck.ResourceActionUpdate,
		"schedules/time_static-replace/main.tf":    plancheck.ResourceActionDestroyBeforeCreate,
		"schedules/terraform_data-replace/main.tf": plancheck.ResourceActionDestroyBeforeCreate,
	}
	if published, tested := slices.Sorted(maps.Keys(examples)), slices.Sorted(maps.Keys(actions)); !slices.Equal(published, tested) {
		t.Errorf("published are %v, but tested %v", published, tested)
	}
	for file, action := range actions {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			testSchedule(t, examples[file], []int{3600, 3600}, plancheck.ExpectResourceAction(scheduled, action))
		})
	}
}

// The form that looks right and never fires in Terraform, though it does in the
// newer OpenTofu. Should this ever change, the warnings of it are out of date.
func TestScheduleThatNeverFires(t *testing.T) {
	t.Parallel()
	action, graces := plancheck.ResourceActionNoop, []int{0}
	if missing(t, replacedByACreation()) == "" {
		action, graces = plancheck.ResourceActionDestroyBeforeCreate, []int{0, 0}
	}
	testSchedule(t, `
		resource "time_rotating" "monthly" {
			rotation_days = 30
		}
		resource "integrator_api_secret" "example" {
			lifecycle {
				replace_triggered_by = [time_rotating.monthly]
			}
		}`, graces,
		plancheck.ExpectResourceAction("time_rotating.monthly", plancheck.ResourceActionCreate),
		plancheck.ExpectResourceAction(scheduled, action))
}

// scheduled is the address of the secret in the published schedules.
const scheduled = "integrator_api_secret.example"

// testSchedule applies a configuration, and once more 31 days later, with these
// checks of the plan and these rotations in all. The time provider takes the
// time from the wall clock, so it is the state that ages.
func testSchedule(t *testing.T, config string, graces []int, checks ...plancheck.PlanCheck) {
	t.Helper()
	terraform.Require(t)
	if err := installTimeProvider(); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, emulator.Options{})
	folder := t.TempDir()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: f.factories(),
		ExternalProviders:        map[string]resource.ExternalProvider{"time": {Source: "hashicorp/time", VersionConstraint: timeVersion}},
		WorkingDir:               folder,
		Steps: []resource.TestStep{
			{
				Config:            config,
				ConfigStateChecks: []statecheck.StateCheck{f.rotated(graces[0])},
			},
			{
				PreConfig: func() {
					files, _ := filepath.Glob(filepath.Join(folder, "work*", "terraform.tfstate"))
					if len(files) != 1 {
						t.Fatalf("the state files are %v", files)
					}
					ageState(t, files[0], 31)
				},
				Config:           config,
				ConfigPlanChecks: preApply(checks...),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(scheduled, tfjsonpath.New("secret"), f.newestSecret()),
					f.rotated(graces...),
				},
			},
		},
	})
}

// ageState makes all that is in a state so many days older.
func ageState(t *testing.T, file string, days int) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	times := regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)
	aged := times.ReplaceAllStringFunc(string(content), func(quoted string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, quoted)
		if err != nil {
			t.Fatal(err)
		}
		return at.AddDate(0, 0, -days).Format(`"` + time.RFC3339Nano + `"`)
	})
	if aged == string(content) {
		t.Fatal("there are no times in the state")
	}
	if err := os.WriteFile(file, []byte(aged), 0o600); err != nil {
		t.Fatal(err)
	}
}

const timeVersion = "0.14.2"

// installTimeProvider builds the real time provider into the mirror, once.
var installTimeProvider = sync.OnceValue(func() error {
	binary := mirror.Binary("hashicorp", "time", timeVersion)
	return terraform.BuildModule(context.Background(), binary, "github.com/hashicorp/terraform-provider-time", "v"+timeVersion)
})
