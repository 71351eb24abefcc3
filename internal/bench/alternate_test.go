// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestAlternate(t *testing.T) {
	t.Parallel()
	var order []int
	sampler := func(who int, samples ...float64) contender {
		return func(context.Context) ([]float64, error) {
			order = append(order, who)
			sample := samples[0]
			samples = samples[1:]
			return []float64{sample, 10 * sample}, nil
		}
	}
	got, err := alternate(t.Context(), 3, sampler(0, 1000, 3, 1, 2), sampler(1, 0, 5, 900, 4))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got[0], []float64{2, 20}) || !slices.Equal(got[1], []float64{5, 50}) {
		t.Errorf("the medians are %v", got)
	}
	if want := []int{0, 1, 1, 0, 0, 1, 1, 0}; !slices.Equal(order, want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
	if m := median([]float64{4, 1, 3, 2}); m != 2.5 {
		t.Errorf("the median of four is %g", m)
	}
}

func TestAlternateWithWhatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := alternate(t.Context(), 1, func(context.Context) ([]float64, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
