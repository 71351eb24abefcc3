// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package apisecret_test

import (
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

func TestInvisibleEnd(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "x", "sk_test_x", "sk test", "a\ufeffb", "a\nb", "é", "日本語", "🙂", "\xff", "-", "e\u0301"} {
		if end, found := apisecret.InvisibleEnd(value); found || end != 0 {
			t.Errorf("%q: found %U", value, end)
		}
	}
	for _, end := range []rune{
		' ', '\t', '\n', '\r', 0, 0x1b, 0x7f, 0x85, // white space and control characters
		0xa0, 0x1680, 0x2003, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, // spaces
		0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, // no width
		0x061c, 0x200e, 0x200f, 0x202e, 0x2066, // direction
		0x034f, 0x115f, 0x1160, 0x180e, 0x2800, 0x3164, 0xfe0f, 0xffa0, 0xe0001, 0xe0020, 0xe0100, // others
		0xe000, 0x2065, // nobody knows what they show
	} {
		for _, value := range []string{string(end) + "sk_test_x", "sk_test_x" + string(end), string(end), "日" + string(end)} {
			if got, found := apisecret.InvisibleEnd(value); !found || got != end {
				t.Errorf("%q: found %U, not %U", value, got, end)
			}
		}
	}
}
