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
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

const (
	resourceAddress = "integrator_api_secret.example"
	planFile        = "plan"
)

// terraform is a CLI at work on the demo's configuration.
type terraform struct {
	name, version, path string

	cli *tfexec.Terraform
	env map[string]string
}

func newTerraform(ctx context.Context, path, dir string) (*terraform, error) {
	cli, err := tfexec.NewTerraform(configurationIn(dir), path)
	if err != nil {
		return nil, err
	}
	t := &terraform{
		name: strings.TrimSuffix(filepath.Base(path), ".exe"),
		path: path,
		cli:  cli,
		env:  environment(dir),
	}
	if err := cli.SetEnv(t.env); err != nil {
		return nil, err
	}
	_ = cli.SetWaitDelay(10 * time.Second) // not on Windows, where a canceled command is killed at once
	version, _, err := cli.Version(ctx, false)
	if err != nil {
		return nil, err
	}
	t.version = version.String()
	return t, supported(version)
}

// environment is the caller's without what would change what Terraform does, or
// make it write outside of dir. The home folder stays: Terraform writes nothing
// there, and version managers keep the real binary in it.
func environment(dir string) map[string]string {
	env := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "INTEGRATOR_") {
			env[name] = value
		}
	}
	env["TF_CLI_CONFIG_FILE"] = cliConfigIn(dir)
	env["CHECKPOINT_DISABLE"] = "1" // no call home
	return env
}

// configure sets the provider's variables.
func (t *terraform) configure(variables map[string]string) error {
	maps.Copy(t.env, variables)
	return t.cli.SetEnv(t.env)
}

func (t *terraform) init(ctx context.Context) error {
	return t.cli.Init(ctx)
}

// plan is what Terraform is about to do.
type plan struct {
	empty    bool
	actions  tfjson.Actions // on the resource
	warnings []string
}

// plan writes a plan for apply to carry out.
func (t *terraform) plan(ctx context.Context, options ...tfexec.PlanOption) (*plan, error) {
	var log bytes.Buffer
	changes, err := t.cli.PlanJSON(ctx, &log, append(options, tfexec.Out(planFile))...)
	t.cli.SetStdout(io.Discard) // or the log would go on with the next command
	if err != nil {
		return nil, failure(err, &log)
	}
	shown, err := t.cli.ShowPlanFile(ctx, planFile)
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

func (t *terraform) apply(ctx context.Context) error {
	var log bytes.Buffer
	err := t.cli.ApplyJSON(ctx, &log, tfexec.DirOrPlan(planFile))
	t.cli.SetStdout(io.Discard)
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

// failure puts what a failed command logged in place of its mere exit status.
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
