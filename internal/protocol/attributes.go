// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Attributes are the value of an object; nil is no object.
type Attributes map[string]tftypes.Value

// Equal compares all attributes.
func (a Attributes) Equal(b Attributes) bool {
	return maps.EqualFunc(a, b, func(x, y tftypes.Value) bool { return x.Equal(y) })
}

// FullyKnown reports whether nothing in the object is unknown.
func (a Attributes) FullyKnown() bool {
	for _, value := range a {
		if !value.IsFullyKnown() {
			return false
		}
	}
	return true
}

// Text is a string attribute, "" where it is null or unknown.
func (a Attributes) Text(name string) (text string) {
	if value, ok := a[name]; ok && value.IsKnown() && !value.IsNull() {
		_ = value.As(&text)
	}
	return text
}

// Number is a number attribute, 0 where it is null or unknown.
func (a Attributes) Number(name string) int64 {
	var number big.Float
	if value, ok := a[name]; ok && value.IsKnown() && !value.IsNull() {
		_ = value.As(&number)
	}
	n, _ := number.Int64()
	return n
}

// Broken names the attributes of a plan that are not as planned in what came of it.
func (a Attributes) Broken(result Attributes) (names []string) {
	for name, value := range a {
		if !compatible(value, result[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func compatible(planned, result tftypes.Value) bool {
	if !planned.IsKnown() {
		return true
	}
	var want, got map[string]tftypes.Value
	var wanted, listed []tftypes.Value
	switch {
	case planned.IsNull() || result.IsNull() || !result.IsKnown():
		return planned.Equal(result)
	case planned.Type().Is(tftypes.List{}) && planned.As(&wanted) == nil && result.As(&listed) == nil:
		return slices.EqualFunc(wanted, listed, compatible)
	case !planned.Type().Is(tftypes.Map{}):
		return planned.Equal(result)
	case planned.As(&want) != nil || result.As(&got) != nil || len(want) != len(got):
		return false
	}
	for name := range want {
		if value, ok := got[name]; !ok || !compatible(want[name], value) {
			return false
		}
	}
	return true
}

// stored is the object as it is in a state file.
func (a Attributes) stored() []byte {
	members := map[string]any{}
	for name, value := range a {
		members[name] = plain(value)
	}
	content, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return content
}

func plain(value tftypes.Value) any {
	if value.IsNull() {
		return nil
	}
	var text string
	var number big.Float
	var flag bool
	var named map[string]tftypes.Value
	var listed []tftypes.Value
	switch {
	case value.As(&text) == nil:
		return text
	case value.As(&number) == nil:
		n, _ := number.Int64()
		return n
	case value.As(&flag) == nil:
		return flag
	case value.As(&named) == nil:
		members := map[string]any{}
		for name, element := range named {
			members[name] = plain(element)
		}
		return members
	case value.As(&listed) == nil:
		elements := []any{}
		for _, element := range listed {
			elements = append(elements, plain(element))
		}
		return elements
	}
	panic(fmt.Sprintf("no plain form of %s", value.Type()))
}
