// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDefaultFolder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env         map[string]string
		environment string // content of the file, beside what is in env
		want        string
	}{
		"nothing set":           {want: ".terraform/integrator/default"},
		"a selected workspace":  {environment: "blue\n", want: ".terraform/integrator/blue"},
		"an empty selection":    {environment: "\n", want: ".terraform/integrator/default"},
		"a workspace of a run":  {env: map[string]string{"TF_WORKSPACE": "green"}, environment: "blue", want: ".terraform/integrator/green"},
		"another data folder":   {env: map[string]string{"TF_DATA_DIR": "data"}, environment: "blue", want: "data/integrator/blue"},
		"above the folder":      {env: map[string]string{"TF_WORKSPACE": ".."}, want: ".terraform/integrator/workspace-5ec1f7e700f37c3d"},
		"a device on Windows":   {env: map[string]string{"TF_WORKSPACE": "nul.x"}, want: ".terraform/integrator/workspace-"},
		"a name of many places": {environment: "../../etc", want: ".terraform/integrator/workspace-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if test.environment != "" {
				put(t, filepath.Join(dir, strings.Split(test.want, "/")[0], "environment"), test.environment)
			}
			got := DefaultFolder(func(name string) string { return test.env[name] }, dir)
			if want := filepath.Join(dir, filepath.FromSlash(test.want)); !strings.HasPrefix(got, want) {
				t.Errorf("%s, not %s", got, want)
			}
		})
	}
}

func TestAnAbsoluteDataDirectory(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	got := DefaultFolder(func(name string) string { return map[string]string{"TF_DATA_DIR": data}[name] }, "elsewhere")
	if want := filepath.Join(data, "integrator", "default"); got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
}

func TestAnUnreadableWorkspaceIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, ".terraform", "environment")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	got := DefaultFolder(func(string) string { return "" }, dir)
	if want := filepath.Join(dir, ".terraform", "integrator", "default"); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestAWorkspaceNeverLeadsElsewhere(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[./\\:a-z~$]{1,6}`),
			rapid.SampledFrom([]string{".", "..", "...", "CON", "com1.txt", "a.", " a", "a/b", `a\b`, "C:", "-", "\x00", strings.Repeat("a", 300)}),
		).Draw(rt, "workspace")
		folder := workspaceFolder(name)
		if !filepath.IsLocal(folder) || filepath.Base(folder) != folder || strings.ContainsAny(folder, `/\:`) || strings.Trim(folder, ".") == "" || len(folder) > 100 {
			rt.Errorf("the folder is %q", folder)
		}
		if other, known := seen[folder]; known && other != name {
			rt.Errorf("%q and %q share a folder", name, other)
		}
		seen[folder] = name
	})
}
