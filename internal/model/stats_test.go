package model

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

type nolog struct{ *testing.T }

func (nolog) Logf(string, ...any) {}

func TestStats(t *testing.T) {
	schemas := loadSchemas(t.Context())
	counts := map[string]int{}
	for seed := range 400 {
		s := scenarios().Example(seed)
		w, end := newWorld(nolog{t}, s)
		w.terraform = &core{flavor: s.Flavor, options: w.options(), schemas: schemas}
		w.stats = func(r *ran) {
			counts[fmt.Sprintf("0 cmd %s planned %q ok %t", r.name, r.planned, r.ok)]++
			for _, d := range r.out.shown {
				counts["1 diag "+d.From+": "+d.Summary]++
			}
			if r.after.current != nil && r.before.current != nil && r.after.current.secret != r.before.current.secret {
				counts[fmt.Sprintf("2 changed by %s posts %d", r.planned, len(r.posts()))]++
			}
			if len(r.after.deposed) > 0 {
				counts[fmt.Sprintf("3 deposed %d", len(r.after.deposed))]++
			}
			if r.killed {
				counts["4 killed "+string(r.planned)]++
			}
		}
		w.play()
		end()
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%6d %s\n", counts[k], k)
	}
}
