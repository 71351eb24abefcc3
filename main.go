// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-integrator is started by Terraform.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/integrator/terraform-provider-integrator/internal/lifetime"
	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

//go:generate go run github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0 generate --provider-name integrator

// version is set by the linker for releases.
var version = "dev"

func main() {
	guard := lifetime.New()
	debug := flag.Bool("debug", false, "wait for a debugger such as delve")
	flag.Parse()

	options := provider.Options{BeginRotation: guard.Begin, Interrupted: guard.Interrupted}
	if !*debug { // or else the parent is no Terraform
		silenceTrace()
		options.Orphaned = guard.Orphaned
	}
	go guard.EndWithParent(context.Background(), time.Second, func() { os.Exit(1) })

	server, err := provider.NewServer(version, options)
	if err == nil {
		err = serve(server, *debug)
	}
	guard.Finish()
	if err != nil {
		log.Fatal(err)
	}
	server.Settle()
}

// serve speaks the plugin protocol until Terraform ends it.
func serve(server *provider.Server, debug bool) error {
	var settings []tf6server.ServeOpt
	if debug {
		settings = append(settings, tf6server.WithManagedDebug())
	}
	return tf6server.Serve("registry.terraform.io/integrator/integrator", func() tfprotov6.ProviderServer { return server }, settings...)
}

// silenceTrace keeps the plugin libraries from tracing every call unless TF_LOG,
// or one of its kind, asks for logs. They always would, and Terraform would read
// it all to drop it, which takes longer than the calls themselves.
func silenceTrace() {
	for _, variable := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK"} {
		if os.Getenv(variable) != "" {
			return
		}
	}
	_ = os.Setenv("TF_LOG_SDK", "OFF")
}
