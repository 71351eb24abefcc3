// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

const (
	resourceAddress = "integrator_api_secret.example"
	planFile        = "plan"
)

// cli is a Terraform that works on the demo's configuration.
type cli struct {
	name string // of the command
	exec *tfexec.Terraform
	env  map[string]string
}

// newCLI returns a CLI that works in a folder. It installs providers from the
// mirror only.
func newCLI(path, folder string, mirror terraform.Mirror) (*cli, error) {
	exec, err := tfexec.NewTerraform(folder, path)
	if err != nil {
		return nil, err
	}
	_ = exec.SetWaitDelay(10 * time.Second) // not on Windows, where a canceled command is killed at once
	c := &cli{name: strings.TrimSuffix(filepath.Base(path), ".exe"), exec: exec, env: map[string]string{}}
	for _, variable := range terraform.Environment("TF_CLI_CONFIG_FILE=" + mirror.Config) {
		name, value, _ := strings.Cut(variable, "=")
		c.env[name] = value
	}
	return c, exec.SetEnv(c.env)
}

// configure sets the provider's variables.
func (c *cli) configure(variables map[string]string) error {
	maps.Copy(c.env, variables)
	return c.exec.SetEnv(c.env)
}

func (c *cli) init(ctx context.Context) error {
	return c.exec.Init(ctx)
}

// plan is what Terraform is going to do.
type plan struct {
	empty    bool
	actions  tfjson.Actions // on the resource
	warnings []string
}

// plan writes a plan for apply to carry out.
func (c *cli) plan(ctx context.Context, options ...tfexec.PlanOption) (*plan, error) {
	var log bytes.Buffer
	changes, err := c.exec.PlanJSON(ctx, &log, append(options, tfexec.Out(planFile))...)
	c.exec.SetStdout(io.Discard) // or the next command would write to this log, too
	if err != nil {
		return nil, failure(err, &log)
	}
	shown, err := c.exec.ShowPlanFile(ctx, planFile)
	if err != nil {
		return nil, err
	}
	p := &plan{empty: !changes}
	for _, change := range shown.ResourceChanges {
		if change.Address == resourceAddress {
			p.actions = change.Change.Actions
		}
	}
	for _, warning := range diagnostics(&log, tfjson.DiagnosticSeverityWarning) {
		p.warnings = append(p.warnings, warning.Summary)
	}
	return p, nil
}

func (c *cli) apply(ctx context.Context) error {
	var log bytes.Buffer
	err := c.exec.ApplyJSON(ctx, &log, tfexec.DirOrPlan(planFile))
	c.exec.SetStdout(io.Discard)
	return failure(err, &log)
}

// diagnostics picks those of one severity from a command's JSON log.
func diagnostics(log *bytes.Buffer, severity tfjson.DiagnosticSeverity) (found []tfjson.Diagnostic) {
	for line := range bytes.Lines(log.Bytes()) {
		message, _ := tfjson.UnmarshalLogMessage(line) // other text has no diagnostics
		if diagnostic, ok := message.(tfjson.DiagnosticLogMessage); ok && diagnostic.Severity == severity {
			found = append(found, diagnostic.Diagnostic)
		}
	}
	return found
}

// failure returns the errors that a failed command logged, or else err, which only
// has its exit status.
func failure(err error, log *bytes.Buffer) error {
	said := diagnostics(log, tfjson.DiagnosticSeverityError)
	if err == nil || len(said) == 0 {
		return err
	}
	var all []error
	for _, diagnostic := range said {
		all = append(all, fmt.Errorf("%s\n\n%s", diagnostic.Summary, diagnostic.Detail))
	}
	return errors.Join(all...)
}
