// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"slices"
	"strings"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// redact replaces secrets in a text of the server, which may repeat what it was
// sent: as it is; in other case or with invisible characters in it; encoded for a
// URL, JSON or HTML, in part or in full; in base64 or hex.
func redact(text string, secrets ...apisecret.Secret) string {
	const maxLayers = 4 // the text, and what is in it under up to three encodings
	if text == "" {
		return ""
	}
	var found []span
	layer := asItIs(text)
	for depth := range maxLayers {
		seen, core := layer.each(visible), layer.each(essential)
		for _, secret := range secrets {
			if depth == 0 && !secret.IsZero() {
				found = append(found, layer.find([]byte(secret.Reveal()))...) // however short
			}
			found = append(found, core.origins(core.findDisguised(secret))...)
			found = append(found, seen.origins(seen.findBase64(secret))...)
		}
		inner := layer.each(unescape)
		if len(inner.text) == len(layer.text) {
			break
		}
		layer = inner
	}
	return replaceAll(text, found)
}

// span is a part of a text, from one byte up to another.
type span struct{ from, to int }

// replaceAll replaces parts of a text, which may overlap.
func replaceAll(text string, parts []span) string {
	slices.SortFunc(parts, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	done := 0
	for _, p := range parts {
		if p.from >= done {
			out.WriteString(text[done:p.from])
			out.WriteString(apisecret.Redacted)
		}
		done = max(done, p.to)
	}
	out.WriteString(text[done:])
	return out.String()
}
