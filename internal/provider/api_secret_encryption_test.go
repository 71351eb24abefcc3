// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// key is an age key pair.
type key struct{ recipient, identity string }

func newKey(t *testing.T) key {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key{identity.Recipient().String(), identity.String()}
}

// sealed checks that an attribute holds the API's newest secret, encrypted for
// the keys and for none of the others.
func (f *fixture) sealed(keys ...key) knownvalue.Check {
	return knownvalue.StringFunc(func(ciphertext string) error {
		for _, k := range keys {
			identity, err := envelope.ParseAgeIdentity(k.identity)
			if err != nil {
				return err
			}
			if secret, err := identity.Open(ciphertext); err != nil || secret != f.Secret() {
				return fmt.Errorf("not the newest secret, encrypted for every recipient (%w)", err)
			}
		}
		return nil
	})
}

// encrypted is a state that holds the API's newest secret as ciphertext only.
func (f *fixture) encrypted(keys ...key) []statecheck.StateCheck {
	fingerprint := knownvalue.StringFunc(func(value string) error {
		if value != apisecret.New(f.Secret()).Fingerprint() {
			return errors.New("not the fingerprint of the newest secret")
		}
		return nil
	})
	return []statecheck.StateCheck{stored("secret", knownvalue.Null()), stored("encrypted_secret", f.sealed(keys...)), stored("fingerprint", fingerprint)}
}

func recipients(keys ...key) string {
	var quoted []string
	for _, k := range keys {
		quoted = append(quoted, fmt.Sprintf("%q", k.recipient))
	}
	return "recipients = [" + strings.Join(quoted, ", ") + "]\n"
}

func trigger(value int) string {
	return fmt.Sprintf("old_secret_valid_for_seconds = 300\nrotate_when_changed = { v = \"%d\" }\n", value)
}

// The state has the secret only as ciphertext, and the configured one is invalid.
// With its identity, the provider can still sign the next rotation.
func TestEncryptedSecretRotatesUnattended(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	first, second := newKey(t), newKey(t)
	f.setenv("INTEGRATOR_AGE_IDENTITY", first.identity)
	step := func(n int, checks []statecheck.StateCheck, keys ...key) resource.TestStep {
		return resource.TestStep{
			PreConfig:         func() { f.clock.Advance(time.Hour) },
			Config:            secretResource(recipients(keys...) + trigger(n)),
			ConfigStateChecks: checks,
		}
	}
	created := step(1, append(f.encrypted(first, second), f.rotated(300)), first, second)
	created.ConfigPlanChecks = preApply(planned("secret", knownvalue.Null()), plannedUnknown("encrypted_secret"), plannedUnknown("fingerprint"))
	f.terraform(
		created,
		step(2, append(f.encrypted(first), f.rotated(300, 300)), first),
		// The last one is stored in plaintext again, from its rotation on.
		resource.TestStep{
			PreConfig:         func() { f.clock.Advance(time.Hour) },
			Config:            secretResource(trigger(3)),
			ConfigPlanChecks:  preApply(plannedUnknown("secret"), planned("encrypted_secret", knownvalue.Null())),
			ConfigStateChecks: []statecheck.StateCheck{stored("secret", f.newestSecret()), stored("encrypted_secret", knownvalue.Null())},
		},
	)
}

// Without an identity, the provider cannot tell what a ciphertext holds: a refresh
// says nothing, no secret is adopted in its place, and a rotation says what it
// needs.
func TestEncryptedSecretWithoutIdentity(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	k := newKey(t)
	keep := statecheck.CompareValue(compare.ValuesSame())
	kept := func() statecheck.StateCheck { return keep.AddStateValue(address, tfjsonpath.New("encrypted_secret")) }
	unchanged := secretResource(recipients(k) + trigger(1))
	f.terraform(
		resource.TestStep{Config: unchanged, ConfigStateChecks: append(f.encrypted(k), kept())},
		// The configured one is invalid, and so is the one in state: another is live.
		resource.TestStep{
			PreConfig: func() { f.setenv("INTEGRATOR_SECRET", f.Rotate(0)) },
			Config:    unchanged, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()), ConfigStateChecks: []statecheck.StateCheck{kept()},
		},
	)
}

// The first recipients encrypt the secret in state, without a rotation. A change of
// recipients takes effect with the next rotation.
func TestRecipientsAreAddedAndChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	first, second := newKey(t), newKey(t)
	version := statecheck.CompareValue(compare.ValuesSame())
	sameVersion := func(checks []statecheck.StateCheck) []statecheck.StateCheck {
		return append(checks, version.AddStateValue(address, tfjsonpath.New("version")), f.rotated(300))
	}
	inPlace := preApply(action(plancheck.ResourceActionUpdate), planned("version", knownvalue.NotNull()), planned("fingerprint", knownvalue.NotNull()))
	f.terraform(
		resource.TestStep{Config: secretResource(trigger(1)), ConfigStateChecks: sameVersion([]statecheck.StateCheck{stored("secret", f.newestSecret())})},
		resource.TestStep{Config: secretResource(recipients(first) + trigger(1)), ConfigPlanChecks: inPlace, ConfigStateChecks: sameVersion(f.encrypted(first))},
		resource.TestStep{Config: secretResource(recipients(second) + trigger(1)), ConfigPlanChecks: inPlace, ConfigStateChecks: sameVersion(f.encrypted(first))},
	)
}

// If the plan does not know the recipients, the apply decides what happens.
func TestRecipientsThatAreUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	k := newKey(t)
	unknown := fmt.Sprintf("resource \"terraform_data\" \"key\" {\n  input = %q\n}\n", k.recipient)
	f.terraform(
		resource.TestStep{Config: secretResource(trigger(1))},
		resource.TestStep{
			Config:            unknown + secretResource(trigger(1)+"recipients = [terraform_data.key.output]"),
			ConfigStateChecks: append(f.encrypted(k), f.rotated(300)),
		},
	)
}

// TestEachBadRecipientIsNamed has the others.
func TestBadRecipientsNameTheirPosition(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	f.terraform(resource.TestStep{
		Config:      secretResource(recipients(newKey(t), key{recipient: "age1nonsense"})),
		ExpectError: says("Invalid recipient 2", "not a valid public key"),
	})
	f.expectNothingSent()
}

// The ephemeral resource opens the ciphertext in the apply that makes it.
func TestDecryptedSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulator.Options{})
	k := newKey(t)
	config := func(identity string) string {
		return secretResource(recipients(k)+"old_secret_valid_for_seconds = 300") + fmt.Sprintf(`
ephemeral "integrator_decrypted_secret" "test" {
  ciphertext = %s.encrypted_secret
  %s
}
provider "echo" {
  data = ephemeral.integrator_decrypted_secret.test
}
resource "echo" "test" {}
`, address, identity)
	}
	opened := statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("secret"), f.newestSecret())
	f.withEcho(
		resource.TestStep{Config: config(fmt.Sprintf("age_identity = %q", k.identity)), ConfigStateChecks: []statecheck.StateCheck{opened}},
		resource.TestStep{
			Config: fmt.Sprintf("resource \"terraform_data\" \"identity\" {\n  input = %q\n}\n", k.identity) +
				providerBlock("age_identity = terraform_data.identity.output") + config(""),
			ExpectError: says("The provider is not configured yet", "The provider's age_identity is known only after apply"),
		},
		resource.TestStep{Config: config(""), PreConfig: func() { f.setenv("INTEGRATOR_AGE_IDENTITY", k.identity) }, ConfigStateChecks: []statecheck.StateCheck{opened}},
	)
}

// No file of an encrypted run holds a secret in plaintext, and the age command
// line opens what the provider encrypted, with an identity that it made.
func TestEncryptedRunLeavesNoPlaintext(t *testing.T) {
	t.Parallel()
	tools := ageTools(t)
	keyFile := filepath.Join(t.TempDir(), "key.txt")
	command(t, "", filepath.Join(tools, "age-keygen"), "-o", keyFile)
	recipient := strings.TrimSpace(command(t, "", filepath.Join(tools, "age-keygen"), "-y", keyFile))
	identity, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}

	c := newCLI(t, emulator.Options{}, "")
	secrets := []string{regexp.MustCompile(`AGE-SECRET-KEY-\S+`).FindString(string(identity)), c.Secret()}
	c.env = append(c.env, "INTEGRATOR_AGE_IDENTITY="+string(identity), "TF_LOG=TRACE",
		"TF_LOG_PATH="+filepath.Join(c.folder, "trace.log"), "INTEGRATOR_RECOVERY_DIR="+filepath.Join(c.folder, "recovery"))
	printed := ""
	for n := range 3 {
		c.write(secretResource(recipients(key{recipient: recipient})+trigger(n)) + "output \"ciphertext\" {\n  value = " + address + ".encrypted_secret\n}\n")
		printed += c.terraform(0, "plan", "-out=saved.plan")
		printed += c.terraform(0, "apply", "saved.plan")
		secrets = append(secrets, c.Secret())
		ciphertext := c.terraform(0, "output", "-raw", "ciphertext")
		if opened := command(t, ciphertext, filepath.Join(tools, "age"), "-d", "-i", keyFile); opened != c.Secret() {
			t.Error("age does not open the newest secret")
		}
	}
	if err := os.WriteFile(filepath.Join(c.folder, "output.txt"), []byte(printed), 0o600); err != nil {
		t.Fatal(err)
	}
	files := storedBy(t, c.folder)
	for name, content := range files {
		for n, secret := range secrets {
			if slices.ContainsFunc(encodings(secret), func(form string) bool { return strings.Contains(content, form) }) {
				t.Errorf("%s holds secret %d in plaintext", name, n)
			}
		}
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup", "saved.plan/tfplan", "trace.log", "output.txt"} {
		if files[name] == "" {
			t.Errorf("%s was not searched", name)
		}
	}
}

// ageTools builds the age command line, for the one test that uses it.
func ageTools(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", folder, "filippo.io/age/cmd/age", "filippo.io/age/cmd/age-keygen")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building age: %v\n%s", err, output)
	}
	return folder
}

func command(t *testing.T, stdin, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, stderr.String())
	}
	return string(stdout)
}
