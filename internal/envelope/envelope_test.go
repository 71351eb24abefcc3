// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package envelope_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// keys returns a public and a private key of each kind.
func keys(t *testing.T) map[string][2]string {
	t.Helper()
	x25519, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edPrivate := sshKey(t, ed)
	rsaPublic, rsaPrivate := sshKey(t, rsaKey)
	return map[string][2]string{
		"age":               {x25519.Recipient().String(), x25519.String()},
		"age identity file": {x25519.Recipient().String(), "# created: today\n# public key: " + x25519.Recipient().String() + "\n" + x25519.String() + "\n"},
		"post-quantum":      {hybrid.Recipient().String(), hybrid.String()},
		"ssh-ed25519":       {edPublic, edPrivate},
		"ssh-rsa":           {rsaPublic + " someone@example", rsaPrivate},
	}
}

func sshKey(t *testing.T, private any) (public, privatePEM string) {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))), string(pem.EncodeToMemory(block))
}

func seal(t *testing.T, secret string, recipients ...string) string {
	t.Helper()
	parsed, err := envelope.ParseRecipients(recipients)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := parsed.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	armored, err := sealer.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	return armored
}

func TestEveryKindOfKeyOpensWhatWasSealedForIt(t *testing.T) {
	t.Parallel()
	const secret = "sk_test_sealed"
	for name, key := range keys(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			armored := seal(t, secret, key[0])
			if !strings.HasPrefix(armored, "-----BEGIN AGE ENCRYPTED FILE-----\n") || strings.Contains(armored, secret) {
				t.Error("the ciphertext is not armored age")
			}
			identity, err := envelope.ParseAgeIdentity(key[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{armored, "\n" + strings.TrimSpace(armored)} {
				if opened, err := identity.Open(text); err != nil || opened != secret {
					t.Errorf("the identity does not open it: %v", err)
				}
			}
		})
	}
}

func TestEveryRecipientCanOpenAndNobodyElse(t *testing.T) {
	t.Parallel()
	all := keys(t)
	armored := seal(t, "sk_test_sealed", all["age"][0], all["ssh-ed25519"][0])
	for name, opens := range map[string]bool{"age": true, "ssh-ed25519": true, "ssh-rsa": false} {
		identity, err := envelope.ParseAgeIdentity(all[name][1])
		if err != nil {
			t.Fatal(err)
		}
		_, err = identity.Open(armored)
		if opens != (err == nil) || !opens && !errors.Is(err, envelope.ErrNotRecipient) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (envelope.AgeIdentity{}).Open(armored); !errors.Is(err, envelope.ErrNotRecipient) {
		t.Errorf("the zero identity: %v", err)
	}
}

// A key of several lines that went through something that takes one line only is
// told apart from nonsense.
func TestLineBreaksLost(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for name, text := range map[string]string{
		"an age identity file": "# created: today\n# public key: " + all["age"][0] + "\n" + all["age"][1] + "\n",
		"an SSH private key":   all["ssh-ed25519"][1],
		"an RSA private key":   all["ssh-rsa"][1],
	} {
		for _, instead := range []string{" ", `\n`, "", `\r\n`} {
			if _, err := envelope.ParseAgeIdentity(strings.ReplaceAll(text, "\n", instead)); !errors.Is(err, envelope.ErrLineBreaksLost) {
				t.Errorf("%s with %q for line breaks: %v", name, instead, err)
			}
		}
	}
	for name, text := range map[string]string{
		"a broken key on one line":    "AGE-SECRET-KEY-1QQQ",
		"a broken PEM":                "-----BEGIN OPENSSH PRIVATE KEY-----\nUExBTlRFRA==\n-----END OPENSSH PRIVATE KEY-----\n",
		"the first line of a PEM":     "-----BEGIN OPENSSH PRIVATE KEY-----",
		"something with a backslash":  `C:\new`,
		"a comment":                   "# nothing",
		"a broken key with a comment": "# key\nAGE-SECRET-KEY-1QQQ",
	} {
		if _, err := envelope.ParseAgeIdentity(text); err == nil || errors.Is(err, envelope.ErrLineBreaksLost) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadKeysAreRefusedWithoutRepeatingThem(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for name, text := range map[string]string{
		"an age identity":    all["age"][1],
		"an SSH private key": all["ssh-ed25519"][1],
		"a cut public key":   all["age"][0][:40],
		"a cut SSH key":      all["ssh-rsa"][0][:40],
		"an ECDSA key":       "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI",
		"an unsupported key": "ssh-dss AAAAB3NzaC1kc3MAAACBAPLANTEDPLANTED",
		"something else":     "PLANTED",
		"nothing":            "",
	} {
		_, err := envelope.ParseRecipient(text)
		if err == nil {
			t.Errorf("%s is taken for a recipient", name)
		} else if len(text) > 8 && strings.Contains(err.Error(), text[:8]) && !strings.HasPrefix(text, "ssh-") {
			t.Errorf("%s: the error repeats the text", name)
		}
	}
	for name, text := range map[string]string{
		"a public key":   all["age"][0],
		"a broken PEM":   "-----BEGIN OPENSSH PRIVATE KEY-----\nUExBTlRFRA==\n-----END OPENSSH PRIVATE KEY-----\n",
		"something else": "PLANTED",
		"nothing":        "",
	} {
		if _, err := envelope.ParseAgeIdentity(text); err == nil {
			t.Errorf("%s is taken for an identity", name)
		} else if strings.Contains(err.Error(), "PLANTED") {
			t.Errorf("%s: the error repeats the text", name)
		}
	}
	if _, err := envelope.ParseRecipients([]string{all["age"][0], "PLANTED"}); err == nil || !strings.Contains(err.Error(), "recipient 2") {
		t.Errorf("the error does not name the position: %v", err)
	}
	if _, err := envelope.ParseRecipients([]string{all["age"][0], all["post-quantum"][0]}); err == nil {
		t.Error("recipients that age cannot mix are accepted")
	}
}

func FuzzOpen(f *testing.F) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	parsed, err := envelope.ParseAgeIdentity(identity.String())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3Yx\n-----END AGE ENCRYPTED FILE-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parsed.Open(text); err == nil {
			t.Error("a ciphertext that nobody made opens")
		}
	})
}
