// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package apisecret

import (
	"unicode"
	"unicode/utf8"
)

// Invisible reports whether a character shows nothing: white space, a control
// character, or one such as a byte order mark or a zero-width joiner.
func Invisible(r rune) bool {
	const brailleBlank = '\u2800'
	if r > ' ' && r <= '~' { // nearly all are, and the tables take long
		return false
	}
	return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// InvisibleEnd returns the invisible character that a value begins or ends with.
// Files and clipboards leave one there, and no secret of the API has one.
func InvisibleEnd(value string) (end rune, found bool) {
	first, _ := utf8.DecodeRuneInString(value)
	last, _ := utf8.DecodeLastRuneInString(value)
	for _, r := range []rune{first, last} {
		if value != "" && Invisible(r) {
			return r, true
		}
	}
	return 0, false
}
