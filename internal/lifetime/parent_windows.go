// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package lifetime

import (
	"os"
	"sync/atomic"
)

// parent is the process that has started this one. Its id tells nothing, since that
// stays the same when it ends. So a goroutine waits for it.
type parent struct{ ended atomic.Bool }

// findParent takes a parent that cannot be waited for as one that never ends.
func findParent() *parent {
	p := &parent{}
	if process, err := os.FindProcess(os.Getppid()); err == nil {
		go func() {
			_, err := process.Wait()
			p.ended.Store(err == nil)
		}()
	}
	return p
}

func (p *parent) gone() bool { return p.ended.Load() }
