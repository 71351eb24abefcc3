// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-integrator is started by Terraform.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

//go:generate go run github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0 generate --provider-name integrator

// version is set by the linker for releases.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger such as delve")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version, provider.Options{}), providerserver.ServeOpts{
		Address: "registry.terraform.io/integrator/integrator",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
