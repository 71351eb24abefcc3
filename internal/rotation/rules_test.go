// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"slices"
	"strings"
	"testing"
)

// rule says what is wanted for all combinations that match. Its pattern has one
// word for each dimension: a value, several joined by "|", or "any".
type rule[T comparable] struct {
	pattern string
	want    T
}

func (r rule[T]) matches(combination []string) bool {
	for i, word := range strings.Fields(r.pattern) {
		if word != "any" && !slices.Contains(strings.Split(word, "|"), combination[i]) {
			return false
		}
	}
	return true
}

// decided checks decide over the whole product of the dimensions. Exactly one rule
// must match each combination, so that none is undecided or decided twice, and
// none of the rules may be without a combination.
func decided[T comparable](t *testing.T, dimensions []string, rules []rule[T], decide func(combination []string) T) {
	t.Helper()
	hits := make([]int, len(rules))
	for _, combination := range product(dimensions) {
		var matching []int
		for i, r := range rules {
			if r.matches(combination) {
				matching = append(matching, i)
				hits[i]++
			}
		}
		if len(matching) != 1 {
			t.Errorf("%v: matched by the rules %v, want exactly one", combination, matching)
			continue
		}
		if got, want := decide(combination), rules[matching[0]].want; got != want {
			t.Errorf("%v: got %v, want %v", combination, got, want)
		}
	}
	for i, r := range rules {
		if words := len(strings.Fields(r.pattern)); words != len(dimensions) {
			t.Errorf("rule %q has %d words, want %d", r.pattern, words, len(dimensions))
		}
		if hits[i] == 0 {
			t.Errorf("rule %q matches nothing", r.pattern)
		}
	}
}

func product(dimensions []string) [][]string {
	combinations := [][]string{nil}
	for _, values := range dimensions {
		var longer [][]string
		for _, c := range combinations {
			for _, v := range strings.Fields(values) {
				longer = append(longer, append(slices.Clone(c), v))
			}
		}
		combinations = longer
	}
	return combinations
}
