// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// configuration is a way to have Terraform rotate a secret.
type configuration struct {
	name     string
	remark   string // for the text of the table
	files    map[string]string
	provider *provider // nil if it needs none
	calls    bool      // whether it sends requests to the API
}

// compareApplies compares how long Terraform takes with this provider, with the
// floor, and with a script instead of a provider.
func compareApplies(ctx context.Context, cli terraform.CLI, env []string, folder string, providers []provider, rounds int) (table, error) {
	applies := table{
		title: "Terraform with a provider",
		text: "A whole run of Terraform after `terraform init`, with an emulator of the API. The floor\n" +
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
		w, err := newWorkspace(ctx, cli, env, filepath.Join(folder, configuration.name), configuration, api)
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
		remark: " The script makes the same signed request from a `terraform_data`. Terraform starts\n" +
			"no provider for it, and its plan knows nothing of the secret.",
		files: map[string]string{"main.tf": scripted, "rotate.sh": script},
		calls: true,
	})
}

func withProvider(name, more string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    %s = {
      source = "integrator/%[1]s"
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

// script is what people write instead of using a provider. It keeps the secret in
// a file, shows it to everybody who lists processes, and loses it if the reply is
// lost.
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
