// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

const (
	oldestSupported = "1.8.0" // of Terraform and of OpenTofu
	downloaded      = "1.11.4"
)

// find returns the CLI at path. Without a path, it returns one that is on the
// PATH, or else one that it downloads into the folder.
func find(ctx context.Context, path, folder string, story *story) (terraform.CLI, terraform.Version, error) {
	if path != "" {
		return supportedAt(ctx, path)
	}
	for _, cli := range terraform.OnPath() {
		version, err := supported(ctx, cli)
		if err == nil || ctx.Err() != nil {
			return cli, version, err
		}
		story.fact("skipped", "%s", strings.Join(strings.Fields(err.Error()), " "))
	}
	story.fact("Terraform", "downloading %s, for the PATH has no terraform or tofu to use …", downloaded)
	path, err := download(ctx, folder)
	if err != nil {
		return terraform.CLI{}, terraform.Version{}, err
	}
	return supportedAt(ctx, path)
}

// supportedAt returns the CLI with a path, or with a name on the PATH.
func supportedAt(ctx context.Context, path string) (terraform.CLI, terraform.Version, error) {
	cli, err := terraform.At(path)
	if err != nil {
		return cli, terraform.Version{}, err
	}
	version, err := supported(ctx, cli)
	return cli, version, err
}

// supported returns the version of a CLI, and an error if it is too old.
func supported(ctx context.Context, cli terraform.CLI) (terraform.Version, error) {
	version, err := cli.Version(ctx)
	if err == nil && !version.AtLeast(oldestSupported) {
		err = fmt.Errorf("version %s is older than %s, the oldest one supported", version.Number, oldestSupported)
	}
	if err != nil {
		return version, fmt.Errorf("%s: %w", cli.Path, err)
	}
	return version, nil
}

// download downloads Terraform and returns its path. hc-install checks the
// checksum, and the signature of the checksums.
func download(ctx context.Context, folder string) (string, error) {
	release := &releases.ExactVersion{
		Product:    product.Terraform,
		Version:    version.Must(version.NewVersion(downloaded)),
		InstallDir: folder,
		HTTPClient: http.DefaultClient, // the library's own retries for long if there is no network
	}
	path, err := release.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("the PATH has no terraform or tofu to use, and Terraform %s cannot be downloaded: %w\n\n"+
			"Install Terraform or OpenTofu, %s or newer, or name one: go run ./internal/demo -terraform <path>",
			downloaded, err, oldestSupported)
	}
	return path, nil
}
