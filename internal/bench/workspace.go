// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// workspace is a folder with a configuration. Each apply rotates its secret.
type workspace struct {
	cli      terraform.CLI
	folder   string
	env      []string
	rotation int
	provider *provider        // nil if it needs none
	api      *emulator.Server // nil if it needs none
}

func newWorkspace(ctx context.Context, cli terraform.CLI, env []string, folder string, configuration configuration, api *emulator.Server) (*workspace, error) {
	w := &workspace{cli: cli, folder: folder, env: env, provider: configuration.provider, api: api}
	if api != nil {
		w.env = slices.Concat(env, []string{"INTEGRATOR_ENDPOINT=" + api.URL(), "INTEGRATOR_KEY=" + api.Key(), "INTEGRATOR_SECRET=" + api.Secret()})
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	for name, content := range configuration.files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	_, err := w.command(ctx, "init")
	return w, err
}

// run rotates the secret and then plans, with nothing to do. It returns how long
// plan and apply took, in ms.
func (w *workspace) run(ctx context.Context) ([]float64, error) {
	if w.provider != nil {
		if err := w.provider.renew(); err != nil {
			return nil, err
		}
	}
	w.rotation++
	before := w.posts()
	apply, err := w.command(ctx, "apply", "-input=false", "-auto-approve")
	if err != nil {
		return nil, err
	}
	if sent := w.posts() - before; w.api != nil && sent != 1 {
		return nil, fmt.Errorf("an apply in %s sent %d requests for a new secret", filepath.Base(w.folder), sent)
	}
	plan, err := w.command(ctx, "plan", "-input=false", "-detailed-exitcode") // fails if it is not empty
	return []float64{plan, apply}, err
}

func (w *workspace) posts() int {
	if w.api == nil {
		return 0
	}
	return w.api.Count("POST", emulator.RegeneratePath)
}

// command runs a command of the CLI and returns how long it took.
func (w *workspace) command(ctx context.Context, args ...string) (milliseconds float64, err error) {
	env := slices.Concat(w.env, []string{"TF_VAR_rotation=" + strconv.Itoa(w.rotation)})
	cmd := w.cli.Command(ctx, w.folder, env, args...)
	// A CLI that is killed leaves its providers behind. So it is not: no command
	// takes long, and Ctrl-C reaches it anyway.
	cmd.Cancel = func() error { return nil }
	cmd.WaitDelay = 20 * time.Second
	started := time.Now()
	_, err = terraform.Output(cmd)
	return inMilliseconds(time.Since(started)), err
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
