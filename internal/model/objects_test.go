// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// attributes are the value of an object; nil is no object.
type attributes map[string]tftypes.Value

// schema is that of the resource or of the provider's settings.
type schema struct{ *tfprotov6.Schema }

func (s schema) encode(a attributes) *tfprotov6.DynamicValue {
	value := tftypes.NewValue(s.ValueType(), nil)
	if a != nil {
		value = tftypes.NewValue(s.ValueType(), map[string]tftypes.Value(a))
	}
	encoded, err := tfprotov6.NewDynamicValue(s.ValueType(), value)
	if err != nil {
		panic(err)
	}
	return &encoded
}

func (s schema) decode(encoded *tfprotov6.DynamicValue) attributes {
	if encoded == nil {
		return nil
	}
	value, err := encoded.Unmarshal(s.ValueType())
	if err != nil {
		panic(err)
	}
	if value.IsNull() {
		return nil
	}
	var decoded map[string]tftypes.Value
	if err := value.As(&decoded); err != nil {
		panic(err)
	}
	return decoded
}

// object is what a configuration gives: null for what is left out.
func (s schema) object(values map[string]any) attributes {
	object := attributes{}
	for _, a := range s.Block.Attributes {
		value := values[a.Name]
		if texts, ok := value.(map[string]string); ok {
			elements := map[string]tftypes.Value{}
			for name, text := range texts {
				elements[name] = tftypes.NewValue(tftypes.String, text)
			}
			value = elements
		}
		object[a.Name] = tftypes.NewValue(a.Type, value)
	}
	return object
}

// proposed is what core proposes: the configuration, and the prior state where
// that says nothing of a computed attribute.
func (s schema) proposed(prior, config attributes) attributes {
	proposed := maps.Clone(config)
	for _, a := range s.Block.Attributes {
		if a.Computed && config[a.Name].IsNull() && prior != nil {
			proposed[a.Name] = prior[a.Name]
		}
	}
	return proposed
}

// invalid names the attributes of a plan that are neither as configured nor the
// provider's to choose.
func (s schema) invalid(prior, config, planned attributes) (names []string) {
	for _, a := range s.Block.Attributes {
		configured, value := config[a.Name], planned[a.Name]
		kept := prior != nil && !configured.IsNull() && !prior[a.Name].IsNull() && value.Equal(prior[a.Name])
		if !value.Equal(configured) && !kept && (!a.Computed || !configured.IsNull()) {
			names = append(names, a.Name)
		}
	}
	return names
}

// broken names the attributes that do not keep what a plan has promised.
func broken(promised, kept attributes) (names []string) {
	for name, value := range promised {
		if !compatible(value, kept[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func compatible(promised, kept tftypes.Value) bool {
	if !promised.IsKnown() {
		return true
	}
	var want, got map[string]tftypes.Value
	if !promised.Type().Is(tftypes.Map{}) || promised.IsNull() || kept.IsNull() || !kept.IsKnown() {
		return promised.Equal(kept)
	}
	if promised.As(&want) != nil || kept.As(&got) != nil || len(want) != len(got) {
		return false
	}
	for name := range want {
		if value, ok := got[name]; !ok || !compatible(want[name], value) {
			return false
		}
	}
	return true
}

func (a attributes) equal(b attributes) bool {
	return maps.EqualFunc(a, b, func(x, y tftypes.Value) bool { return x.Equal(y) })
}

func (a attributes) fullyKnown() bool {
	for _, value := range a {
		if !value.IsFullyKnown() {
			return false
		}
	}
	return true
}

func (a attributes) text(name string) (text string) {
	if value, ok := a[name]; ok && value.IsKnown() && !value.IsNull() {
		_ = value.As(&text)
	}
	return text
}

func (a attributes) number(name string) int64 {
	var number big.Float
	if value, ok := a[name]; ok && value.IsKnown() && !value.IsNull() {
		_ = value.As(&number)
	}
	n, _ := number.Int64()
	return n
}

// stored is the object as it is in a state file.
func (a attributes) stored() []byte {
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
	var elements map[string]tftypes.Value
	switch {
	case value.As(&text) == nil:
		return text
	case value.As(&number) == nil:
		n, _ := number.Int64()
		return n
	case value.As(&flag) == nil:
		return flag
	case value.As(&elements) == nil:
		members := map[string]any{}
		for name, element := range elements {
			members[name] = plain(element)
		}
		return members
	}
	panic(fmt.Sprintf("no plain form of %s", value.Type()))
}

// withUnknown is a configuration before the named attributes are known. "m.*"
// stands for the elements of the map m.
func (s schema) withUnknown(config attributes, names []string) attributes {
	config = maps.Clone(config)
	for _, a := range s.Block.Attributes {
		if slices.Contains(names, a.Name) {
			config[a.Name] = tftypes.NewValue(a.Type, tftypes.UnknownValue)
		}
		var elements map[string]tftypes.Value
		if slices.Contains(names, a.Name+".*") && !config[a.Name].IsNull() && config[a.Name].As(&elements) == nil {
			unknown := map[string]tftypes.Value{}
			for name, element := range elements {
				unknown[name] = tftypes.NewValue(element.Type(), tftypes.UnknownValue)
			}
			config[a.Name] = tftypes.NewValue(a.Type, unknown)
		}
	}
	return config
}
