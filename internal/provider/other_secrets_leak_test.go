// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// With all logs on, and an API that repeats what it was sent: none of the
// secrets that pass through is in what Terraform prints, logs or stores.
func TestNoOtherSecretLeaks(t *testing.T) {
	t.Parallel()
	needs(t, writeOnlyArguments())
	const (
		bearer  = "ak_8earer5ecret"
		userKey = "ak_u5erkey5ecret"
		signing = "whsec_5igning5ecret"
	)
	config := func(version int) string {
		return fmt.Sprintf(`
			terraform {
				required_providers {
					integrator = { source = "integrator/integrator" }
				}
			}
			provider "integrator" { max_retries = 0 }
			variable "user_key" {
				type      = string
				sensitive = true
				ephemeral = true
			}
			variable "signing" {
				type      = string
				sensitive = true
				ephemeral = true
			}
			ephemeral "integrator_access_token" "test" { user_api_key = var.user_key }
			resource "integrator_webhook_secret" "test" {
				secret_wo         = var.signing
				secret_wo_version = %d
			}
			resource "integrator_webhook_secret" "token" {
				secret_wo         = ephemeral.integrator_access_token.test.access_token
				secret_wo_version = %[1]d
				depends_on        = [integrator_webhook_secret.test]
			}
			resource "integrator_webhook" "test" {
				url    = "https://example.com/hook"
				events = ["*"]
			}
			data "integrator_webhooks" "test" {}`, version)
	}
	c := newCLI(t, emulator.Options{UserAPIKey: bearer, Users: []string{userKey}}, config(1))
	c.env = append(c.env, "TF_LOG=TRACE", "TF_VAR_user_key="+userKey, "TF_VAR_signing="+signing)
	var printed strings.Builder
	run := func(exitCode int, command string, args ...string) {
		t.Helper()
		printed.WriteString(c.terraform(exitCode, command, args...))
	}
	said := "You sent " + strings.Join([]string{bearer, userKey, signing, c.Secret()}, " and ")

	run(0, "plan", "-out=saved.plan")
	run(0, "show", "-json", "saved.plan")
	run(0, "apply", "saved.plan")
	run(0, "show", "-json")
	c.write(config(2))
	for _, call := range [][2]string{
		{http.MethodPost, emulator.TokensPath},
		{http.MethodPost, emulator.WebhookSecretPath},
		{http.MethodGet, emulator.WebhooksPath},
	} {
		// Each call blanks out what it has sent itself.
		mine := said
		if call[1] != emulator.TokensPath {
			mine = strings.ReplaceAll(mine, userKey, "…")
		}
		if call[1] != emulator.WebhookSecretPath {
			mine = strings.ReplaceAll(mine, signing, "…")
		}
		c.Inject(emulator.Problem(http.StatusForbidden, emulator.ProblemForbidden, mine, mine, map[string]any{"code": mine}).On(call[0], call[1]))
		run(1, "apply", "-auto-approve")
	}
	c.Inject(emulator.Fault{Rewrite: func(reply map[string]any) { reply["expiresAt"] = 1 }}.On(http.MethodPost, emulator.TokensPath))
	run(1, "plan")
	run(0, "apply", "-auto-approve")
	run(0, "plan", "-destroy", "-out=saved.plan")
	files := storedBy(t, c.folder)
	run(0, "destroy", "-auto-approve")

	secrets := []string{bearer, userKey, signing, c.Secret()}
	for _, token := range c.Tokens() {
		secrets = append(secrets, token.Value)
	}
	lacksSecrets(t, "the output", printed.String(), secrets)
	for name, content := range files {
		lacksSecrets(t, name, content, secrets)
	}
	for _, path := range []string{emulator.TokensPath, emulator.WebhookSecretPath, emulator.WebhooksPath} {
		if !strings.Contains(printed.String(), "path="+path) {
			t.Errorf("%s is not in the log", path)
		}
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup", "saved.plan/tfplan", "saved.plan/tfstate"} {
		if files[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
}

// lacksSecrets checks that a text has none of the secrets, in no encoding.
func lacksSecrets(t *testing.T, name, text string, secrets []string) {
	t.Helper()
	for i, secret := range secrets {
		for _, form := range encodings(secret) {
			if strings.Contains(text, form) {
				t.Errorf("secret %d of %d is in %s", i, len(secrets), name)
			}
		}
	}
}

// storedBy are the files that Terraform wrote into a folder, those in a plan
// file one by one.
func storedBy(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case name == ".terraform/providers": // what is installed
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case strings.HasSuffix(name, ".plan"):
			return unpack(filepath.Join(folder, name), func(part, content string) { files[name+"/"+part] = content })
		}
		content, err := os.ReadFile(filepath.Join(folder, name))
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func unpack(archive string, add func(name, content string)) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	for _, file := range reader.File {
		part, err := file.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		add(file.Name, string(content))
	}
	return nil
}
