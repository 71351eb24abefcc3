// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

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
	out := decoded{make([]byte, 0, len(d.text)), make([]span, 0, len(d.text))}
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

// visible drops what cannot be seen, and what is no valid UTF-8.
func visible(rest []byte) (meaning []byte, size int) {
	r, size := utf8.DecodeRune(rest)
	if r == utf8.RuneError || apisecret.Invisible(r) {
		return nil, size
	}
	return rest[:size], size
}

// essential drops also the backslashes that quote a character and the plus that
// stands for a space, and makes all letters small.
func essential(rest []byte) (meaning []byte, size int) {
	if rest[0] == '\\' || rest[0] == '+' {
		return nil, 1
	}
	meaning, size = visible(rest)
	if size == 1 && (rest[0] < 'A' || rest[0] > 'Z') {
		return meaning, size
	}
	return bytes.ToLower(meaning), size
}

// unescape takes off an escape of URLs (%41), of JSON and its kin (\u0041, \x41) or
// of HTML (&#65;, &amp;).
func unescape(rest []byte) (meaning []byte, size int) {
	switch {
	case rest[0] == '%':
		if b, ok := hexDigits(rest[1:], 2); ok {
			return b, 3
		}
	case bytes.HasPrefix(rest, []byte(`\x`)):
		if b, ok := hexDigits(rest[2:], 2); ok {
			return b, 4
		}
	case bytes.HasPrefix(rest, []byte(`\u`)):
		if b, ok := hexDigits(rest[2:], 4); ok {
			return utf8.AppendRune(nil, rune(b[0])<<8|rune(b[1])), 6
		}
	case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte("bfnrtv0", rest[1]) >= 0: // a control character
		return nil, 2
	case rest[0] == '&':
		entity, _, ended := bytes.Cut(rest[1:min(len(rest), 32)], []byte(";"))
		escaped := "&" + string(entity) + ";"
		if meaning := html.UnescapeString(escaped); ended && bytes.IndexByte(entity, '&') < 0 && meaning != escaped {
			return []byte(meaning), len(escaped)
		}
	}
	return rest[:1], 1
}

// hexDigits decodes a number of hex digits at the start of a text.
func hexDigits(text []byte, digits int) ([]byte, bool) {
	if len(text) < digits {
		return nil, false
	}
	b, err := hex.DecodeString(string(text[:digits]))
	return b, err == nil
}

// find returns where a text is found, as parts of this text.
func (d decoded) find(text []byte) (found []span) {
	for from := 0; len(text) > 0; {
		i := bytes.Index(d.text[from:], text)
		if i < 0 {
			break
		}
		found = append(found, span{from + i, from + i + len(text)})
		from += i + 1
	}
	return found
}

// origins are the parts of the original text that parts of this text come from.
func (d decoded) origins(parts []span) []span {
	for i, p := range parts {
		parts[i] = span{d.from[p.from].from, d.from[p.to-1].to}
	}
	return parts
}

// minDisguised is the least length of a secret that is looked for in disguise. A
// shorter one would be found in ordinary words.
const minDisguised = 6

// findDisguised finds a secret in a text of essential characters: in any case, or in
// hex.
func (d decoded) findDisguised(secret apisecret.Secret) []span {
	core := asItIs(secret.Reveal()).each(essential).text
	if len(core) < minDisguised {
		return nil
	}
	return append(d.find(core), d.find([]byte(hex.EncodeToString([]byte(secret.Reveal()))))...)
}

// findBase64 finds a secret in a text of visible characters: in base64 of either
// alphabet, alone or inside of something longer, which is found with it.
func (d decoded) findBase64(secret apisecret.Secret) (found []span) {
	if len(secret.Reveal()) < minDisguised {
		return nil
	}
	d.text = bytes.ReplaceAll(bytes.ReplaceAll(d.text, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
	for before := range 3 { // bytes of something else in the first group
		plain := append(make([]byte, before), secret.Reveal()...)
		encoded := base64.RawStdEncoding.EncodeToString(plain)
		first := (before*8 + 5) / 6 // the digits before it are not of the secret alone
		end := 0                    // of what was found with the same digits
		for _, part := range d.find([]byte(encoded[first : len(plain)*8/6])) {
			if part.from >= end {
				part = d.wholeBase64(part)
				found, end = append(found, part), part.to
			}
		}
	}
	return found
}

// wholeBase64 is a part with the base64 that is around it without a gap.
func (d decoded) wholeBase64(p span) span {
	digit := func(i int) bool {
		b := d.text[i]
		return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/' || b == '='
	}
	for p.from > 0 && digit(p.from-1) && d.from[p.from-1].to == d.from[p.from].from {
		p.from--
	}
	for p.to < len(d.text) && digit(p.to) && d.from[p.to-1].to == d.from[p.to].from {
		p.to++
	}
	return p
}
