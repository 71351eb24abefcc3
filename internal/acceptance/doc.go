// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Package acceptance tests what only separate processes show: the built
// provider, started by a real Terraform, with real signals and a real state
// file, on an emulator of the API. Signals and process groups are those of Unix,
// so its tests are for Unix only.
package acceptance
