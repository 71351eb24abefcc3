// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// standIn writes a program to path that says it is a Terraform of some version.
func standIn(t *testing.T, path, version string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for Terraform is a shell script")
	}
	script := "#!/bin/sh\necho Terraform v" + version + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
}

// oldTerraform is a folder with a Terraform that is too old.
func oldTerraform(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	standIn(t, filepath.Join(folder, "terraform"), "1.7.5")
	return folder
}

func TestNoTerraform(t *testing.T) {
	t.Parallel()
	const nowhere = "http://127.0.0.1:1"
	path := oldTerraform(t)
	p := newProcess(t, "", "PATH="+path, "HTTPS_PROXY="+nowhere, "https_proxy="+nowhere, "NO_PROXY=", "no_proxy=")
	output, err := p.Output()
	if p.ProcessState.ExitCode() != 1 {
		t.Errorf("ended with %v:\n%s", err, output)
	}
	if told := filepath.Join(path, "terraform") + ": version 1.7.5 is older than 1.8.0"; !strings.Contains(string(output), told) {
		t.Errorf("the output does not say %q:\n%s", told, output)
	}
	for _, told := range []string{"cannot be downloaded", "Install Terraform or OpenTofu", "-terraform <path>"} {
		if !strings.Contains(p.stderr.String(), told) {
			t.Errorf("stderr does not say %q:\n%s", told, p.stderr.String())
		}
	}
	p.checkTidy(t)
}

// The demo uses no other CLI than the one that is named.
func TestNamedTerraform(t *testing.T) {
	t.Parallel()
	old := filepath.Join(oldTerraform(t), "terraform")
	for path, want := range map[string]string{
		old:          old + ": version 1.7.5 is older than 1.8.0",
		old + "-not": "no such file",
	} {
		if err := run(t.Context(), io.Discard, options{terraform: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the demo ended with %v, want %s", err, want)
		}
	}
}

func TestSupported(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0.12.31": false, "1.7.5": false, "1.8.0": true, "1.8.0-dev": true, "1.12.6": true, "2.0.0": true,
	} {
		path := filepath.Join(t.TempDir(), "terraform")
		standIn(t, path, text)
		if _, err := supported(t.Context(), terraform.CLI{Path: path}); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
