// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/protocol"
)

// surveyFlag is how many sequences TestSurvey plays.
const surveyFlag = "survey"

// TestSurvey plays many sequences of the kinds that are told, to the first invariant
// that each of them breaks, and lists what is broken, how often, and by which short
// sequence. TestModel stops at the first one.
func TestSurvey(t *testing.T) {
	t.Parallel()
	sequences, err := strconv.Atoi(flag.Lookup(surveyFlag).Value.String())
	if err != nil || sequences == 0 {
		t.Skip("-survey=N plays N sequences and lists what they break")
	}
	schemas := loadSchemas(t.Context())
	generator := scenarios(toldKinds())
	counts, shortest := map[string]int{}, map[string]scenario{}
	for seed := range sequences {
		s := generator.Example(seed)
		broken := finding(schemas, s)
		if broken == "" {
			continue
		}
		counts[broken]++
		if known, ok := shortest[broken]; !ok || len(s.Steps) < len(known.Steps) {
			shortest[broken] = s
		}
	}
	for _, broken := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Compare(counts[b], counts[a]) }) {
		t.Logf("%d of %d: %s\n%s", counts[broken], sequences, broken, briefly(shortened(schemas, shortest[broken], broken)))
	}
}

// shortened is the scenario without the steps that it takes not to break the same.
func shortened(schemas protocol.Schemas, s scenario, broken string) scenario {
	for i := len(s.Steps) - 1; i >= 0; i-- {
		shorter := s
		shorter.Steps = slices.Delete(slices.Clone(s.Steps), i, i+1)
		if finding(schemas, shorter) == broken {
			s = shorter
		}
	}
	return s
}

// finding is the invariant that a scenario breaks, "" for none.
func finding(schemas protocol.Schemas, s scenario) (broken string) {
	r := &recorder{}
	defer func() {
		if recovered := recover(); recovered != nil {
			if recovered != r {
				panic(recovered)
			}
			broken = r.broken
		}
	}()
	play(r, schemas, s)
	return ""
}

// recorder is a test that ends with the first invariant that is broken.
type recorder struct{ broken string }

func (r *recorder) Helper() {}

func (r *recorder) Logf(string, ...any) {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.broken = fmt.Sprintf(format, args...)
	panic(r)
}

// briefly writes a scenario without what is zero in it.
func briefly(s scenario) (text string) {
	world := s
	world.Steps, world.Kinds = nil, nil
	text = "  " + brief(reflect.ValueOf(world)) + "\n"
	for _, step := range s.Steps {
		text += "    " + brief(reflect.ValueOf(step)) + "\n"
	}
	return text
}

func brief(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return fmt.Sprintf("%#v", v.Interface())
	}
	text := ""
	for i := range v.NumField() {
		if field := v.Field(i); !field.IsZero() {
			text += fmt.Sprintf(", %s: %s", v.Type().Field(i).Name, brief(field))
		}
	}
	return v.Type().Name() + "{" + text[min(len(text), 2):] + "}"
}
