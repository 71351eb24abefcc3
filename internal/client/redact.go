// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

// redact replaces secrets in a text of the server, which may repeat what it was
// sent: as it is; in other case or with invisible characters in it; encoded for a
// URL, JSON or HTML, in part or in full; in base64 or hex.
func redact(text string, secrets ...apisecret.Secret) string {
	const maxLayers = 4 // of encodings around each other
	var found []span
	layer := asItIs(text)
	for depth := range maxLayers {
		visible := layer.each(keepVisible)
		for _, secret := range secrets {
			if depth == 0 && !secret.IsZero() {
				found = append(found, layer.find([]byte(secret.Reveal()))...)
			}
			found = append(found, visible.findDisguised(secret)...)
			for _, part := range visible.findBase64(secret) {
				found = append(found, part.widened(text))
			}
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

// widened is the part with the base64 around it, which it was encoded together with.
func (p span) widened(text string) span {
	isDigit := func(b byte) bool {
		return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || strings.IndexByte("+/-_=", b) >= 0
	}
	for p.from > 0 && isDigit(text[p.from-1]) {
		p.from--
	}
	for p.to < len(text) && isDigit(text[p.to]) {
		p.to++
	}
	return p
}

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

// decoded is a text without some of its encoding. Each of its bytes comes from a
// part of the original text.
type decoded struct {
	text []byte
	from []span
}

func asItIs(text string) decoded {
	d := decoded{[]byte(text), make([]span, len(text))}
	for i := range d.from {
		d.from[i] = span{i, i + 1}
	}
	return d
}

// each decodes a text from its start to its end. decode says what stands for the
// first bytes of the rest, and for how many of them.
func (d decoded) each(decode func(rest []byte) (meaning []byte, size int)) decoded {
	var out decoded
	for i := 0; i < len(d.text); {
		meaning, size := decode(d.text[i:])
		for range meaning {
			out.from = append(out.from, span{d.from[i].from, d.from[i+size-1].to})
		}
		out.text = append(out.text, meaning...)
		i += size
	}
	return out
}

// keepVisible drops what cannot be seen, and what is no valid UTF-8.
func keepVisible(rest []byte) (meaning []byte, size int) {
	r, size := utf8.DecodeRune(rest)
	if r == utf8.RuneError || apisecret.Invisible(r) {
		return nil, size
	}
	return rest[:size], size
}

// unescape takes off an escape of URLs (%41), of JSON and its kin (\u0041, \x41,
// \/) or of HTML (&#65;, &amp;).
func unescape(rest []byte) (meaning []byte, size int) {
	switch rest[0] {
	case '%':
		if b, ok := hexDigits(rest[1:], 2); ok {
			return b, 3
		}
	case '\\':
		return unescapeBackslash(rest)
	case '&':
		entity := rest[:min(len(rest), 32)]
		if end := bytes.IndexByte(entity, ';') + 1; end > 0 {
			if meaning := html.UnescapeString(string(entity[:end])); len(meaning) < end {
				return []byte(meaning), end
			}
		}
	}
	return rest[:1], 1
}

func unescapeBackslash(rest []byte) (meaning []byte, size int) {
	if len(rest) < 2 {
		return rest, len(rest)
	}
	switch rest[1] {
	case 'u':
		if b, ok := hexDigits(rest[2:], 4); ok {
			return utf8.AppendRune(nil, rune(b[0])<<8|rune(b[1])), 6
		}
	case 'x':
		if b, ok := hexDigits(rest[2:], 2); ok {
			return b, 4
		}
	case 'b', 'f', 'n', 'r', 't', 'v', '0': // control characters, which are invisible
		return nil, 2
	}
	return rest[1:2], 2
}

// hexDigits decodes a number of hex digits at the start of a text.
func hexDigits(text []byte, digits int) ([]byte, bool) {
	if len(text) < digits {
		return nil, false
	}
	b, err := hex.DecodeString(string(text[:digits]))
	return b, err == nil
}

// find returns where a text is found in the original text.
func (d decoded) find(text []byte) (found []span) {
	for from := 0; ; {
		i := bytes.Index(d.text[from:], text)
		if i < 0 {
			return found
		}
		i += from
		found = append(found, span{d.from[i].from, d.from[i+len(text)-1].to})
		from = i + 1
	}
}

// minDisguised is the least length of a secret that is looked for in disguise. A
// shorter one would be found in ordinary words.
const minDisguised = 6

// findDisguised finds a secret in a text that has only visible characters, in any
// case, or in hex.
func (d decoded) findDisguised(secret apisecret.Secret) []span {
	visible := asItIs(secret.Reveal()).each(keepVisible).text
	if len(visible) < minDisguised {
		return nil
	}
	folded := decoded{lowered(d.text), d.from}
	return append(folded.find(lowered(visible)), folded.find([]byte(hex.EncodeToString([]byte(secret.Reveal()))))...)
}

// lowered is bytes.ToLower for ASCII, so that the text stays as long as it is.
func lowered(text []byte) []byte {
	text = slices.Clone(text)
	for i, b := range text {
		if b >= 'A' && b <= 'Z' {
			text[i] = b + 'a' - 'A'
		}
	}
	return text
}

// findBase64 finds a secret in base64 of either alphabet, alone or inside of
// something longer.
func (d decoded) findBase64(secret apisecret.Secret) (found []span) {
	if len(secret.Reveal()) < minDisguised {
		return nil
	}
	standard := decoded{bytes.ReplaceAll(bytes.ReplaceAll(d.text, []byte("-"), []byte("+")), []byte("_"), []byte("/")), d.from}
	for before := range 3 { // bytes of something else in the first group
		plain := append(make([]byte, before), secret.Reveal()...)
		encoded := base64.RawStdEncoding.EncodeToString(plain)
		first := (before*8 + 5) / 6 // the digits before it are not of the secret alone
		found = append(found, standard.find([]byte(encoded[first:len(plain)*8/6]))...)
	}
	return found
}
