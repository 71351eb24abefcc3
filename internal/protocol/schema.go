// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Schemas are what a provider says of itself. The maps are by type name.
type Schemas struct {
	Settings                          Schema
	Resources, DataSources            map[string]Schema
	EphemeralResources, ListResources map[string]Schema
}

// LoadSchemas asks a provider.
func LoadSchemas(ctx context.Context, server tfprotov6.ProviderServer) Schemas {
	resp, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		panic(err)
	}
	byName := func(schemas map[string]*tfprotov6.Schema) map[string]Schema {
		named := map[string]Schema{}
		for name, schema := range schemas {
			named[name] = Schema{schema}
		}
		return named
	}
	return Schemas{
		Settings:           Schema{resp.Provider},
		Resources:          byName(resp.ResourceSchemas),
		DataSources:        byName(resp.DataSourceSchemas),
		EphemeralResources: byName(resp.EphemeralResourceSchemas),
		ListResources:      byName(resp.ListResourceSchemas),
	}
}

// Schema is that of one type, or of the provider's settings.
type Schema struct{ *tfprotov6.Schema }

// Encode gives an object the form in which it is sent.
func (s Schema) Encode(a Attributes) *tfprotov6.DynamicValue {
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

// Decode reads an object that was sent.
func (s Schema) Decode(encoded *tfprotov6.DynamicValue) Attributes {
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

// Object is what a configuration gives: null for what is left out. Maps and
// lists of strings are map[string]string and []string.
func (s Schema) Object(values map[string]any) Attributes {
	object := Attributes{}
	for _, a := range s.Block.Attributes {
		value := values[a.Name]
		switch texts := value.(type) {
		case map[string]string:
			elements := map[string]tftypes.Value{}
			for name, text := range texts {
				elements[name] = tftypes.NewValue(tftypes.String, text)
			}
			value = elements
		case []string:
			elements := []tftypes.Value{}
			for _, text := range texts {
				elements = append(elements, tftypes.NewValue(tftypes.String, text))
			}
			value = elements
		}
		object[a.Name] = tftypes.NewValue(a.ValueType(), value)
	}
	return object
}

// WithUnknown is a configuration before the named attributes are known. "m.*"
// stands for the elements of the map or list m.
func (s Schema) WithUnknown(config Attributes, names []string) Attributes {
	config = maps.Clone(config)
	for _, a := range s.Block.Attributes {
		if slices.Contains(names, a.Name) {
			config[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		}
		if slices.Contains(names, a.Name+".*") && !config[a.Name].IsNull() {
			config[a.Name] = withUnknownElements(config[a.Name])
		}
	}
	return config
}

func withUnknownElements(value tftypes.Value) tftypes.Value {
	unknown := func(element tftypes.Value) tftypes.Value {
		return tftypes.NewValue(element.Type(), tftypes.UnknownValue)
	}
	var named map[string]tftypes.Value
	var listed []tftypes.Value
	switch {
	case value.As(&named) == nil:
		elements := map[string]tftypes.Value{}
		for name, element := range named {
			elements[name] = unknown(element)
		}
		return tftypes.NewValue(value.Type(), elements)
	case value.As(&listed) == nil:
		elements := []tftypes.Value{}
		for _, element := range listed {
			elements = append(elements, unknown(element))
		}
		return tftypes.NewValue(value.Type(), elements)
	}
	return value
}

// proposed is what Terraform proposes: the configuration without what is
// write-only, and the prior state where that says nothing of a computed attribute.
func (s Schema) proposed(prior, config Attributes) Attributes {
	proposed := maps.Clone(config)
	for _, a := range s.Block.Attributes {
		switch {
		case a.WriteOnly:
			proposed[a.Name] = tftypes.NewValue(a.ValueType(), nil)
		case a.Computed && config[a.Name].IsNull() && prior != nil:
			proposed[a.Name] = prior[a.Name]
		}
	}
	return proposed
}

// invalid names the attributes of a plan that are neither as configured nor the
// provider's to choose.
func (s Schema) invalid(prior, config, planned Attributes) (names []string) {
	for _, a := range s.Block.Attributes {
		configured, value := config[a.Name], planned[a.Name]
		if a.WriteOnly {
			configured = tftypes.NewValue(a.ValueType(), nil)
		}
		kept := prior != nil && !configured.IsNull() && !prior[a.Name].IsNull() && value.Equal(prior[a.Name])
		if !value.Equal(configured) && !kept && (!a.Computed || !configured.IsNull()) {
			names = append(names, a.Name)
		}
	}
	return names
}
