// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build !windows

package lifetime

import "os"

// parent is the process that has started this one. When it ends, the system gives
// this one another parent.
type parent struct{ id int }

func findParent() *parent { return &parent{os.Getppid()} }

func (p *parent) gone() bool { return os.Getppid() != p.id }
