// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// cli is a real Terraform with the real provider, in a folder of its own.
type cli struct {
	terraform.CLI
	t      *testing.T
	folder string
	config string // the CLI's own
	secret func() string
	saved  action // of the saved plan
}

const address = resourceName + ".secret"

// run runs a command that prints JSON. It reports whether it succeeded.
func (c *cli) run(out *output, arguments ...string) bool {
	c.t.Helper()
	text, ok := c.command(out, arguments...)
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var message struct {
			Type       string
			Diagnostic struct{ Severity, Summary, Detail string }
			Change     struct{ Action string }
		}
		if json.Unmarshal(lines.Bytes(), &message) != nil {
			continue
		}
		switch message.Type {
		case "diagnostic":
			d := diagnostic{"terraform", message.Diagnostic.Severity == "error", message.Diagnostic.Summary, message.Diagnostic.Detail}
			if strings.HasPrefix(d.Summary, "Provider produced") {
				d.From = "core"
			}
			out.shown = append(out.shown, d)
		case "planned_change":
			out.planned = action(message.Change.Action)
		}
	}
	return ok
}

// command runs a command and returns what it prints, which also goes into the
// log.
func (c *cli) command(out *output, arguments ...string) (string, bool) {
	c.t.Helper()
	env := terraform.Environment("TF_CLI_CONFIG_FILE="+c.config, "INTEGRATOR_SECRET="+c.secret())
	printed, exitCode, err := terraform.Run(c.Command(c.t.Context(), c.folder, env, arguments...))
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = io.WriteString(out.log, printed)
	return printed, exitCode == 0
}

// write puts the configuration into the folder.
func (c *cli) write(r request) {
	c.t.Helper()
	resource := map[string]any{"lifecycle": map[string]any{"create_before_destroy": r.cbd}}
	for name, value := range r.config {
		resource[name] = value
	}
	content, err := json.Marshal(map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"integrator": map[string]any{"source": "integrator/integrator"}}},
		"provider":  map[string]any{"integrator": r.settings},
		"resource":  map[string]any{resourceName: map[string]any{"secret": resource}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.folder, "main.tf.json"), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// planning runs a command that plans.
func (c *cli) planning(r request, out *output, arguments ...string) bool {
	c.t.Helper()
	c.write(r)
	arguments = append(arguments, "-input=false", "-json", fmt.Sprintf("-refresh=%t", r.refresh))
	if r.replace && c.stored().current != nil {
		arguments = append(arguments, "-replace="+address)
	}
	out.planned = noOp
	ok := c.run(out, arguments...)
	if out.planned == "replace" {
		out.planned = deleteThenCreate
		if r.cbd {
			out.planned = createThenDelete
		}
	}
	return ok
}

func (c *cli) apply(r request, out *output) bool {
	return c.planning(r, out, "apply", "-auto-approve")
}

func (c *cli) save(r request, out *output) bool {
	ok := c.planning(r, out, "plan", "-out=saved.tfplan")
	c.saved = out.planned
	return ok
}

func (c *cli) applySaved(_ request, out *output) bool {
	out.planned = c.saved
	return c.run(out, "apply", "-input=false", "-json", "saved.tfplan")
}

func (c *cli) refresh(r request, out *output) bool {
	return c.planning(r, out, "apply", "-refresh-only", "-auto-approve")
}

func (c *cli) destroy(r request, out *output) bool {
	return c.planning(r, out, "destroy", "-auto-approve")
}

func (c *cli) importSecret(r request, key string, out *output) bool {
	c.write(r)
	_, ok := c.command(out, "import", "-input=false", address, key)
	return ok
}

func (c *cli) plan(r request, out *output) (idle, ok bool) {
	c.write(r)
	idle = c.run(out, "plan", "-input=false", "-json", "-detailed-exitcode")
	return idle, !out.failed()
}

func (c *cli) taint(tainted bool) {
	s := c.stored().current
	if s == nil || s.tainted == tainted {
		return
	}
	command := "untaint"
	if tainted {
		command = "taint"
	}
	c.must(command, address)
}

func (c *cli) forget() {
	if len(c.stored().all()) > 0 {
		c.must("state", "rm", address)
	}
}

func (c *cli) must(arguments ...string) {
	c.t.Helper()
	log := &transcript{}
	if _, ok := c.command(&output{log: log}, arguments...); !ok {
		c.t.Fatalf("terraform %s: %s", arguments[0], log)
	}
}

func (c *cli) stored() stored {
	var file struct {
		Serial    int
		Resources []struct {
			Instances []struct {
				Status, Deposed string
				Private         []byte
				Attributes      struct {
					Secret  string
					Key     string `json:"integrator_key"`
					Expires string `json:"old_secret_expires_at"`
					Version int64
				}
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(c.folder, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return stored{}
	}
	if err == nil {
		err = json.Unmarshal(content, &file)
	}
	if err != nil {
		c.t.Fatalf("the state: %v", err)
	}
	s := stored{serial: file.Serial}
	for _, resource := range file.Resources {
		for _, i := range resource.Instances {
			h := &held{
				secret: i.Attributes.Secret, key: i.Attributes.Key, oldSecretExpiresAt: i.Attributes.Expires,
				version: i.Attributes.Version, tainted: i.Status == "tainted", private: i.Private,
			}
			if i.Deposed == "" {
				s.current = h
			} else {
				s.deposed = append(s.deposed, h)
			}
		}
	}
	return s
}
