// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"os"
	"path/filepath"

	"github.com/integrator/terraform-provider-integrator/internal/provider"
)

// net is where a machine keeps a new secret until the state is seen to hold it.
type net string

const (
	noNet      net = "none"
	defaultNet net = "default" // in Terraform's data directory
	chosenNet  net = "chosen"  // with recovery_dir
)

// machine is where commands run. The states are elsewhere: machines share them.
type machine struct {
	net  net
	root string // a folder of this machine's own
}

func newMachine(n net) (*machine, error) {
	root, err := os.MkdirTemp("", "machine-")
	return &machine{n, root}, err
}

func (m *machine) close() { _ = os.RemoveAll(m.root) }

// configure has the provider use the machine's net. It is the one place that knows
// how a person chooses a net.
func (m *machine) configure(settings map[string]any, options *provider.Options) {
	options.WorkingDir = m.root
	switch m.net {
	case chosenNet:
		settings["recovery_dir"] = m.folder("").path
	case noNet:
		settings["skip_recovery"] = true
	case defaultNet:
	}
}

// folder is where the machine's net is. That of a workspace is its own by default, and
// shared by all where somebody has chosen it.
func (m *machine) folder(workspace string) folder {
	if m.net == chosenNet {
		return folder{filepath.Join(m.root, "chosen")}
	}
	return folder{filepath.Join(m.root, ".terraform", "integrator", workspace)}
}

// remember notes what is on the disk; restore makes it so again.
func (m *machine) remember() (restore func()) {
	contents := map[string][]byte{}
	_ = filepath.WalkDir(m.root, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			contents[path], err = os.ReadFile(path)
		}
		return err
	})
	return func() {
		_ = filepath.WalkDir(m.root, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && contents[path] == nil {
				err = os.Remove(path)
			}
			return err
		})
		for path, content := range contents {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				panic(err)
			}
		}
	}
}
