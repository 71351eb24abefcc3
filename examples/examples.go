// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package examples holds the configurations that the documentation publishes,
// so that what is published is what tests and demo apply.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed */*.tf */*/*.tf */*/*.tfquery.hcl */*.tftest.hcl
var files embed.FS

// FS is this folder: a file is named as in the repository, such as
// "provider/provider.tf".
func FS() fs.FS { return files }
