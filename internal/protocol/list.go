// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import "github.com/hashicorp/terraform-plugin-go/tfprotov6"

// Found is an object that a provider has listed, with the name for people.
type Found struct {
	Name string
	*Object
}

// List checks the configuration of a list block and lists the objects of its type, as
// terraform query does with include_resource.
func (p *Process) List(typeName string, config Attributes) (found []Found, ok bool) {
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		panic("a provider that lists nothing")
	}
	schema := p.ListResources[typeName]
	validated, err := server.ValidateListResourceConfig(p.ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: schema.Encode(config)})
	if !p.tell("validate", validated.Diagnostics, err) {
		return nil, false
	}
	listed, err := server.ListResource(p.ctx, &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: schema.Encode(config), IncludeResource: true, Limit: 100,
	})
	if !p.tell("list", nil, err) {
		return nil, false
	}
	for result := range listed.Results {
		if !p.tell("list", result.Diagnostics, nil) {
			return nil, false
		}
		if result.Identity == nil && len(result.Diagnostics) > 0 {
			continue // warnings only
		}
		if result.Identity == nil || result.Resource == nil {
			p.complain("List result without identity or resource", result.DisplayName)
			return nil, false
		}
		found = append(found, Found{result.DisplayName, &Object{
			Value: p.Resources[typeName].Decode(result.Resource), Identity: result.Identity,
		}})
	}
	return found, true
}
