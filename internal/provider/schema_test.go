// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestSchema asks the provider as Terraform does. A change of the shape that it
// reports may break somebody's configuration or state: accept it with -update.
func TestSchema(t *testing.T) {
	t.Parallel()
	server := bareServer(t)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schemas.Diagnostics { // the framework's own validation
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}

	published := publishedExamples(t)
	shape := describe(t, "provider", schemas.Provider)
	for _, kind := range []struct {
		name, folder, example string
		schemas               map[string]*tfprotov6.Schema
	}{
		{"resource", "resources", "resource.tf", schemas.ResourceSchemas},
		{"data", "data-sources", "data-source.tf", schemas.DataSourceSchemas},
		{"ephemeral", "ephemeral-resources", "ephemeral-resource.tf", schemas.EphemeralResourceSchemas},
		{"list", "list-resources", "list-resource.tfquery.hcl", schemas.ListResourceSchemas},
	} {
		for _, name := range slices.Sorted(maps.Keys(kind.schemas)) {
			shape += "\n" + describe(t, kind.name+" "+name, kind.schemas[name])
			if file := path.Join(kind.folder, name, kind.example); published[file] == "" {
				t.Errorf("%s %s has no example in examples/%s", kind.name, name, file)
			}
		}
	}

	compareGolden(t, filepath.Join("testdata", "schema.txt"), shape)
}

// describe returns a schema's shape, without descriptions, which it checks.
func describe(t *testing.T, name string, schema *tfprotov6.Schema) string {
	t.Helper()
	checkDescription(t, name, schema.Block.Description, schema.Block.DescriptionKind)
	if len(schema.Block.BlockTypes) > 0 {
		t.Errorf("%s has nested blocks; nested attributes do the same and more", name)
	}
	lines := []string{fmt.Sprintf("%s, version %d", name, schema.Version)}
	return strings.Join(append(lines, describeAttributes(t, name, "  ", schema.Block.Attributes)...), "\n") + "\n"
}

func describeAttributes(t *testing.T, parent, indent string, attributes []*tfprotov6.SchemaAttribute) []string {
	t.Helper()
	var lines []string
	for _, a := range attributes { // sorted by name
		name := parent + "." + a.Name
		checkDescription(t, name, a.Description, a.DescriptionKind)
		line := indent + a.Name + ":"
		for _, property := range []struct {
			holds bool
			name  string
		}{
			{a.Required, "required"}, {a.Optional, "optional"}, {a.Computed, "computed"},
			{a.Sensitive, "sensitive"}, {a.WriteOnly, "write-only"}, {a.Deprecated, "deprecated"},
		} {
			if property.holds {
				line += " " + property.name
			}
		}
		if nested := a.NestedType; nested != nil {
			lines = append(lines, line+" nested "+nested.Nesting.String())
			lines = append(lines, describeAttributes(t, name, indent+"  ", nested.Attributes)...)
			continue
		}
		lines = append(lines, line+" "+strings.ReplaceAll(a.Type.String(), "tftypes.", ""))
	}
	return lines
}

func checkDescription(t *testing.T, name, description string, kind tfprotov6.StringKind) {
	t.Helper()
	if !strings.HasSuffix(description, ".") || kind != tfprotov6.StringKindMarkdown {
		t.Errorf("%s: the MarkdownDescription %q does not end in a full stop", name, description)
	}
}
