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
)

// workspace is a configuration that can be applied again and again. Each time,
// it rotates its secret.
type workspace struct {
	cli      cli
	dir      string
	env      []string
	rotation int
	provider *provider        // nil if it needs none
	api      *emulator.Server // nil if it needs none
}

func newWorkspace(ctx context.Context, cli cli, dir string, configuration configuration, api *emulator.Server) (*workspace, error) {
	w := &workspace{cli: cli, dir: dir, provider: configuration.provider, api: api, env: cli.environment()}
	if api != nil {
		w.env = append(w.env, "INTEGRATOR_ENDPOINT="+api.URL(), "INTEGRATOR_KEY="+api.Key(), "INTEGRATOR_SECRET="+api.Secret())
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	for name, content := range configuration.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	_, err := w.terraform(ctx, "init")
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
	apply, err := w.terraform(ctx, "apply", "-input=false", "-auto-approve")
	if err != nil {
		return nil, err
	}
	if sent := w.posts() - before; w.api != nil && sent != 1 {
		return nil, fmt.Errorf("an apply in %s sent %d requests for a new secret", filepath.Base(w.dir), sent)
	}
	plan, err := w.terraform(ctx, "plan", "-input=false", "-detailed-exitcode") // fails if it is not empty
	return []float64{plan, apply}, err
}

func (w *workspace) posts() int {
	if w.api == nil {
		return 0
	}
	return w.api.Count("POST", emulator.RegeneratePath)
}

func (w *workspace) terraform(ctx context.Context, args ...string) (milliseconds float64, err error) {
	env := slices.Concat(w.env, []string{"TF_VAR_rotation=" + strconv.Itoa(w.rotation)})
	started := time.Now()
	_, err = run(ctx, w.dir, env, w.cli.path, args...)
	return inMilliseconds(time.Since(started)), err
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
