// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package recovery

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// DefaultFolder returns where the folder is if nobody chooses another one:
// integrator/<workspace> in Terraform's data directory. It makes nothing. Both are
// found as Terraform does: the directory is TF_DATA_DIR, or else .terraform, in the
// working directory; the workspace is TF_WORKSPACE, or else what the file environment
// of the data directory says, or else "default", also where that file cannot be read.
func DefaultFolder(getenv func(string) string, workingDir string) string {
	data := cmp.Or(getenv("TF_DATA_DIR"), ".terraform")
	if !filepath.IsAbs(data) {
		data = filepath.Join(workingDir, data)
	}
	workspace := cmp.Or(getenv("TF_WORKSPACE"), selectedWorkspace(filepath.Join(data, "environment")), "default")
	return filepath.Join(data, "integrator", workspaceFolder(workspace))
}

// selectedWorkspace reads the file in which Terraform keeps the name of the workspace.
// Terraform follows a link there, and so must this.
func selectedWorkspace(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	content, err := readRegular(path, info, 0)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}

// workspaceFolder is the name of a workspace's folder. Terraform allows "..", and names
// that Windows cannot store, such as "a:b" and "nul". Such a workspace has a folder that
// is named by a hash: the name is the same each time and leads nowhere else, and a net
// with an odd name is better than none.
func workspaceFolder(workspace string) string {
	if isPlain(workspace) && !isDevice(workspace) {
		return workspace
	}
	sum := sha256.Sum256([]byte(workspace))
	return "workspace-" + hex.EncodeToString(sum[:8])
}

// isPlain reports whether a name means the same folder everywhere, and no other place.
func isPlain(name string) bool {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	return name != "" && len(name) <= 100 && strings.Trim(name, plain+".") == "" && strings.Trim(name, ".") == name
}

// isDevice reports whether a name is a device on Windows, also with an extension.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	port := strings.TrimRight(stem, "0123456789")
	return slices.Contains([]string{"con", "prn", "aux", "nul"}, stem) || len(stem) == 4 && (port == "com" || port == "lpt")
}
