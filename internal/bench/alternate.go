// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"slices"
)

// contender does once what is to be compared. It returns its samples, one for each
// thing that is measured.
type contender func(context.Context) (samples []float64, err error)

// alternate runs contenders by turns and returns the medians of each. If the machine
// is busy with other things for a while, all of them suffer the same. The first
// round fills caches and does not count.
func alternate(ctx context.Context, rounds int, contenders ...contender) ([][]float64, error) {
	samples := make([][][]float64, len(contenders))
	for round := range rounds + 1 {
		for i := range contenders {
			who := (i + round) % len(contenders) // so that none always runs after the same one
			sample, err := contenders[who](ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				samples[who] = append(samples[who], sample)
			}
		}
	}
	result := make([][]float64, len(contenders))
	for who, rounds := range samples {
		for thing := range rounds[0] {
			var values []float64
			for _, round := range rounds {
				values = append(values, round[thing])
			}
			result[who] = append(result[who], median(values))
		}
	}
	return result, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
