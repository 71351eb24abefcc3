// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// configuration is one that rotates a secret in some way.
type configuration struct {
	name     string
	remark   string // for the text of the table
	files    map[string]string
	provider *provider // nil if it needs none
	calls    bool      // the API
}

// compareApplies compares what Terraform takes with one provider or another, and
// with a script in place of one.
func compareApplies(ctx context.Context, cli cli, dir string, providers []provider, rounds int) (table, error) {
	applies := table{
		title: "Terraform with a provider",
		text: "A whole run of Terraform, as after `terraform init`, on an emulator of the API. The floor\n" +
			"sends nothing.",
		rows: []row{
			{what: "plan with nothing to do", unit: "ms", atMost: 1.10},
			{what: "apply of one rotation", unit: "ms", atMost: 1.10},
		},
	}
	var contenders []contender
	for _, configuration := range configurations(providers[0], providers[1]) {
		var api *emulator.Server
		if configuration.calls {
			var err error
			if api, err = emulator.Start(emulator.Options{}); err != nil {
				return table{}, err
			}
			defer api.Close()
		}
		w, err := newWorkspace(ctx, cli, filepath.Join(dir, configuration.name), configuration, api)
		if err != nil {
			return table{}, err
		}
		applies.columns = append(applies.columns, configuration.name)
		applies.text += configuration.remark
		contenders = append(contenders, w.run)
	}
	medians, err := alternate(ctx, rounds, contenders...)
	if err != nil {
		return table{}, err
	}
	for _, values := range medians {
		applies.add(values)
	}
	return applies, nil
}

func configurations(ours, floor provider) []configuration {
	all := []configuration{
		{name: ours.name, provider: &ours, calls: true, files: map[string]string{"main.tf": withProvider("integrator", `
resource "integrator_api_secret" "this" {
  rotate_when_changed = { rotation = var.rotation }
}`)}},
		{name: floor.name, provider: &floor, files: map[string]string{"main.tf": withProvider("floor", `
resource "floor_secret" "this" {
  rotation = var.rotation
}`)}},
	}
	for _, tool := range []string{"sh", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			return all
		}
	}
	return append(all, configuration{
		name: "curl and openssl",
		remark: " The script makes the same signed request from a `terraform_data`; it is no provider,\n" +
			"so that Terraform starts none, and its plan knows nothing of the secret.",
		files: map[string]string{"main.tf": scripted, "rotate.sh": script},
		calls: true,
	})
}

func withProvider(name, more string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    %s = {
      source = "registry.terraform.io/integrator/%[1]s"
    }
  }
}

variable "rotation" {
  type = string
}
%s
`, name, more)
}

const scripted = `
variable "rotation" {
  type = string
}

resource "terraform_data" "this" {
  triggers_replace = var.rotation

  provisioner "local-exec" {
    command = "sh rotate.sh"
  }
}
`

// script is what one might write: it keeps the secret in a file, shows it to
// whoever lists processes, and loses it if the reply gets lost.
const script = `set -eu
path=/v1/integrator/regenerate-secret
body='{"oldSecretValidForSeconds":0}'
timestamp=$(date +%s)000
secret=$(cat secret 2>/dev/null || printf %s "$INTEGRATOR_SECRET")
hash=$(printf %s "$body" | openssl dgst -sha256 -r | cut -d' ' -f1)
signature=$(printf %s "$timestamp.POST.$path.$hash" | openssl dgst -sha256 -r -hmac "$secret" | cut -d' ' -f1)
curl --silent --show-error --fail --noproxy '*' --data "$body" \
  --header 'Content-Type: application/json' \
  --header "X-Integrator-Key: $INTEGRATOR_KEY" \
  --header "X-Timestamp: $timestamp" \
  --header "X-Signature: sha256=$signature" \
  "$INTEGRATOR_ENDPOINT$path" >reply
sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' reply >secret
rm reply
`
