// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// TestTrace starts the provider as Terraform does and asks it for its schema.
// The plugin libraries trace all of that, which takes time, so they do it only if
// somebody asks for the trace.
func TestTrace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		env    []string
		traces bool
	}{
		{"nobody asks", nil, false},
		{"of Terraform alone", []string{"TF_LOG_CORE=TRACE"}, false},
		{"TF_LOG", []string{"TF_LOG=TRACE"}, true},
		{"TF_LOG_PROVIDER", []string{"TF_LOG_PROVIDER=JSON"}, true},
		{"what a library would ask", []string{"TF_LOG_SDK=TRACE"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if log := logOfSchema(t, tt.env); strings.Contains(log, `"@level":"trace"`) != tt.traces {
				t.Errorf("the provider logs\n%s", log)
			}
		})
	}
}

// logOfSchema is what the provider has logged once it has told its schema.
func logOfSchema(t *testing.T, env []string) string {
	t.Helper()
	var log bytes.Buffer
	provider, err := terraform.Start(t.Context(), built.Binary, terraform.Environment(env...), &log)
	if err != nil {
		t.Fatalf("%v; the provider logs\n%s", err, log.String())
	}
	if _, err := provider.Schema(t.Context()); err != nil {
		provider.Kill()
		t.Fatalf("%v; the provider logs\n%s", err, log.String())
	}
	if err := provider.Stop(t.Context()); err != nil {
		t.Fatalf("%v; the provider logs\n%s", err, log.String())
	}
	return log.String()
}
