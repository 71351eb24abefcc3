// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package envelope_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"pgregory.net/rapid"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

func sealWithPassphrase(t *testing.T, secret, passphrase string) string {
	t.Helper()
	sealer, err := envelope.PreparePassphrase(passphrase, envelope.WorkFactor)
	if err != nil {
		t.Fatal(err)
	}
	armored, err := sealer.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	return armored
}

// TestAgeOpensItForWhoTypesThePassphrase does what age -d does.
func TestAgeOpensItForWhoTypesThePassphrase(t *testing.T) {
	t.Parallel()
	armored := sealWithPassphrase(t, "sk_test_new", "sk_test_old")
	identity, err := age.NewScryptIdentity("sk_test_old")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(armored)), identity)
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := io.ReadAll(plain); err != nil || string(secret) != "sk_test_new" {
		t.Errorf("it prints something else: %v", err)
	}
}

func TestOnlyThePassphraseOpens(t *testing.T) {
	t.Parallel()
	armored := sealWithPassphrase(t, "sk_test_new", "sk_test_old")
	if strings.Contains(armored, "sk_test") {
		t.Error("a secret is readable")
	}
	if secret, err := envelope.OpenWithPassphrase(" "+armored, "sk_test_old"); err != nil || secret != "sk_test_new" {
		t.Errorf("the passphrase does not open it: %v", err)
	}
	for _, passphrase := range []string{"", "sk_test_other", "sk_test_old\n", "sk_test_new"} {
		if _, err := envelope.OpenWithPassphrase(armored, passphrase); !errors.Is(err, envelope.ErrNotRecipient) {
			t.Errorf("another passphrase: %v", err)
		}
	}
	key := keys(t)["age"]
	identity, err := envelope.ParseAgeIdentity(key[1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := identity.Open(armored); !errors.Is(err, envelope.ErrNotRecipient) {
		t.Errorf("a key instead of the passphrase: %v", err)
	}
	if _, err := envelope.OpenWithPassphrase(seal(t, "sk_test_new", key[0]), "sk_test_old"); !errors.Is(err, envelope.ErrNotRecipient) {
		t.Errorf("a passphrase instead of the key: %v", err)
	}
	if _, err := envelope.PreparePassphrase("", envelope.WorkFactor); err == nil {
		t.Error("seals with an empty passphrase")
	}
}

// TestACiphertextThatTakesLongIsRefused has one that would take a second. One that
// takes years is as quick to make.
func TestACiphertextThatTakesLongIsRefused(t *testing.T) {
	t.Parallel()
	recipient, err := age.NewScryptRecipient("sk_test_old")
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(11)
	var armored bytes.Buffer
	armorWriter := armor.NewWriter(&armored)
	writer, err := age.Encrypt(armorWriter, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(writer, "PLANTED"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writer.Close(), armorWriter.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = envelope.OpenWithPassphrase(armored.String(), "sk_test_old")
	if err == nil || errors.Is(err, envelope.ErrNotRecipient) {
		t.Errorf("it is opened, or taken for one of another passphrase: %v", err)
	}
}

func TestDamageIsNotTakenForAnotherPassphrase(t *testing.T) {
	t.Parallel()
	armored := sealWithPassphrase(t, "sk_test_new", "sk_test_old")
	lines := strings.Split(armored, "\n")
	changed := []byte(armored)
	changed[strings.LastIndex(armored, "\n-----END")-5] ^= 1
	for name, text := range map[string]string{
		"nothing": "", "cut": armored[:len(armored)/2], "a line is missing": strings.Join(append(lines[:2:2], lines[3:]...), "\n"), "a character has changed": string(changed),
	} {
		if _, err := envelope.OpenWithPassphrase(text, "sk_test_old"); err == nil || errors.Is(err, envelope.ErrNotRecipient) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSizeIsKnownBeforeTheSecret(t *testing.T) {
	t.Parallel()
	all := keys(t)
	rapid.Check(t, func(rt *rapid.T) {
		var sealer *envelope.Sealer
		var err error
		if rapid.Bool().Draw(rt, "passphrase") {
			sealer, err = envelope.PreparePassphrase(rapid.StringN(1, 40, -1).Draw(rt, "old"), envelope.WorkFactor)
		} else {
			names := rapid.SliceOfN(rapid.SampledFrom([]string{"age", "ssh-ed25519", "ssh-rsa"}), 1, 3).Draw(rt, "keys")
			var publicKeys []string
			for _, name := range names {
				publicKeys = append(publicKeys, all[name][0])
			}
			var recipients envelope.Recipients
			if recipients, err = envelope.ParseRecipients(publicKeys); err == nil {
				sealer, err = recipients.Prepare()
			}
		}
		if err != nil {
			rt.Fatal(err)
		}
		size := rapid.OneOf(rapid.IntRange(0, 300), rapid.SampledFrom([]int{65535, 65536, 65537, 131072, 200000})).Draw(rt, "size")
		promised := sealer.MaxSize(size)
		armored, err := sealer.Seal(strings.Repeat("x", size))
		if err != nil {
			rt.Fatal(err)
		}
		if promised != len(armored) {
			rt.Errorf("%d bytes for a secret of %d, not %d", len(armored), size, promised)
		}
	})
}

func FuzzOpenWithPassphrase(f *testing.F) {
	f.Add("")
	f.Add("-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBBQUFBIDMwCg==\n-----END AGE ENCRYPTED FILE-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := envelope.OpenWithPassphrase(text, "sk_test_old"); err == nil {
			t.Error("a ciphertext that nobody made opens")
		}
	})
}
