// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// workspacePair says whether there is a second workspace, and whose secret it is
// about. Both use the same machines.
type workspacePair string

const (
	oneWorkspace      workspacePair = ""
	sameIntegrator    workspacePair = "the same integrator"
	anotherIntegrator workspacePair = "another integrator"
)

// workspace is a state with its configuration.
type workspace struct {
	name      string // TF_WORKSPACE
	terraform engine
	home      *emulator.Server

	// The configuration.
	server  *emulator.Server
	key     string
	secret  string // INTEGRATOR_SECRET
	trigger string // of rotate_when_changed: "" for no map, "{}" for an empty one
	grace   int    // -1 for null
	days    int    // 0 for null
	cbd     bool
	keep    bool // lifecycle { destroy = false }
	sealed  bool // there are recipients

	saved struct { // the configuration that the saved plan was made with
		server *emulator.Server
		key    string
	}
	// imported are the endpoint of the state that was imported last, and the secret
	// that was configured then.
	imported struct {
		server *emulator.Server
		secret string
	}
	rotated struct { // what the last killed command has made, with its step
		step   int
		secret string
	}
}

func (w *world) newWorkspace(name string, home *emulator.Server, terraform engine) *workspace {
	return &workspace{
		name: name, terraform: terraform, home: home,
		server: home, key: home.Key(), secret: home.Secret(),
		trigger: "0", grace: w.Grace, cbd: w.CreateBeforeDestroy,
	}
}
