// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package terraform runs a real Terraform or OpenTofu with this provider, for
// tests and tools. It is never linked into the provider.
//
// [Find] finds the CLI. [NewMirror] or [NewOverride] give the CLI a provider that
// was built here, and [Environment] keeps the developer's own settings away from
// it. [CLI.Command] and [Run] then run it in a folder. [Start] does without the
// CLI: it starts a provider as Terraform would.
//
// A test that needs the CLI calls [Require] before anything else.
package terraform
