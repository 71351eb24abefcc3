// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

const (
	oldestSupported = "1.8.0" // of Terraform and of OpenTofu
	downloaded      = "1.11.4"
)

// findTerraform takes the CLI at path, or else what the PATH has, or else a
// download into dir.
func findTerraform(ctx context.Context, path, dir string, story *story) (*terraform, error) {
	if path != "" {
		return named(ctx, path, dir)
	}
	for _, name := range []string{"terraform", "tofu"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		found, err := newTerraform(ctx, path, dir)
		if err == nil || ctx.Err() != nil {
			return found, err
		}
		story.fact("skipped", "%s: %s", path, strings.Join(strings.Fields(err.Error()), " "))
	}
	story.fact("Terraform", "downloading %s, for the PATH has no terraform or tofu to use …", downloaded)
	path, err := download(ctx, dir)
	if err != nil {
		return nil, err
	}
	return newTerraform(ctx, path, dir)
}

// named is the CLI that was asked for, by a path or by a name on the PATH.
func named(ctx context.Context, path, dir string) (*terraform, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	found, err := newTerraform(ctx, path, dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return found, nil
}

func download(ctx context.Context, dir string) (string, error) {
	release := &releases.ExactVersion{
		Product:    product.Terraform,
		Version:    version.Must(version.NewVersion(downloaded)),
		InstallDir: dir,
		HTTPClient: http.DefaultClient, // the library's own tries in vain for long where there is no network
	}
	path, err := release.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("the PATH has no terraform or tofu to use, and Terraform %s cannot be downloaded: %w\n\n"+
			"Install Terraform or OpenTofu, %s or newer, or name one: go run ./internal/demo -terraform <path>",
			downloaded, err, oldestSupported)
	}
	return path, nil
}

// supported refuses a CLI that is too old.
func supported(v *version.Version) error {
	if v.Core().LessThan(version.Must(version.NewVersion(oldestSupported))) {
		return fmt.Errorf("version %s is older than %s, the oldest one supported", v, oldestSupported)
	}
	return nil
}
