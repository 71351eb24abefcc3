// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/recovery"
	"github.com/integrator/terraform-provider-integrator/internal/rotation"
)

// recoveryStore is the recovery folder as package rotation asks for it.
type recoveryStore struct {
	*recovery.Folder
	clock func() time.Time
}

// sealedSize is how many bytes of a sealed copy are reserved. One for a passphrase
// takes about 1 KiB, and one for public keys some 100 to 700 bytes for each key.
const sealedSize = 16 << 10

func (s recoveryStore) Reserve(with []string) (rotation.Reservation, error) {
	sizes := map[string]int{}
	for _, w := range with {
		sizes[w] = sealedSize
	}
	return s.Folder.Reserve(s.clock(), sizes)
}
