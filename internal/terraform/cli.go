// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/go-version"
)

// PathVariable is the environment variable that names the CLI to use. The tests
// of plugin-testing read it too.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// CLI is a Terraform or an OpenTofu on this machine.
type CLI struct {
	Path string // absolute
}

// Find returns the CLI that TF_ACC_TERRAFORM_PATH names, or else the first one of
// [OnPath].
func Find() (CLI, error) {
	if path := os.Getenv(PathVariable); path != "" {
		return At(path)
	}
	found := OnPath()
	if len(found) == 0 {
		return CLI{}, errors.New("neither terraform nor tofu is on the PATH")
	}
	return found[0], nil
}

// OnPath returns the CLIs on the PATH, Terraform before OpenTofu.
func OnPath() []CLI {
	var found []CLI
	for _, name := range []string{"terraform", "tofu"} {
		if cli, err := At(name); err == nil {
			found = append(found, cli)
		}
	}
	return found
}

// At returns the CLI with this path, or with this name on the PATH.
func At(path string) (CLI, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return CLI{}, err
	}
	path, err = filepath.Abs(path)
	return CLI{Path: path}, err
}

// Version is what a CLI says that it is.
type Version struct {
	OpenTofu bool // Terraform otherwise
	Number   *version.Version
}

// Version asks the CLI which one it is.
func (c CLI) Version(ctx context.Context) (Version, error) {
	cmd := c.Command(ctx, "", Environment("TF_CLI_CONFIG_FILE="+os.DevNull), "version")
	output, err := Output(cmd)
	if err != nil {
		return Version{}, err
	}
	said := regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`).FindStringSubmatch(output)
	if said == nil {
		return Version{}, fmt.Errorf("%s prints no version, but %q", cmd, output)
	}
	number, err := version.NewVersion(said[2])
	return Version{OpenTofu: said[1] == "OpenTofu", Number: number}, err
}

// AtLeast reports whether the version is this one or a newer one. A prerelease
// counts as its release: it has the same features.
func (v Version) AtLeast(oldest string) bool {
	return v.Number.Core().GreaterThanOrEqual(version.Must(version.NewVersion(oldest)))
}

// Name is Terraform or OpenTofu.
func (v Version) Name() string {
	if v.OpenTofu {
		return "OpenTofu"
	}
	return "Terraform"
}

// String is the name and the version, such as Terraform v1.11.4.
func (v Version) String() string { return v.Name() + " v" + v.Number.String() }

// Registry is the host of providers whose source does not name a host.
func (v Version) Registry() string {
	if v.OpenTofu {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}
