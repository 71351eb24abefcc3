// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package envelope_test

import (
	"errors"
	"fmt"
	"log"
	"strings"

	"filippo.io/age"

	"github.com/integrator/terraform-provider-integrator/internal/envelope"
)

// newKey makes a pair of keys, as age-keygen does.
func newKey() (public, private string) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		log.Fatal(err)
	}
	return identity.Recipient().String(), identity.String()
}

func Example() {
	public, private := newKey()

	recipients, err := envelope.ParseRecipients([]string{public})
	if err != nil {
		log.Fatal(err)
	}
	sealer, err := recipients.Prepare()
	if err != nil {
		log.Fatal(err)
	}
	secret := "sk_test_example" // made by a request that is sent only now
	ciphertext, err := sealer.Seal(secret)
	if err != nil {
		log.Fatal(err)
	}

	identity, err := envelope.ParseAgeIdentity(private)
	if err != nil {
		log.Fatal(err)
	}
	opened, err := identity.Open(ciphertext)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(opened)
	// Output: sk_test_example
}

func ExampleRecipients_Prepare() {
	alice, _ := newKey()
	bob, _ := newKey()
	recipients, err := envelope.ParseRecipients([]string{alice, bob})
	if err != nil {
		log.Fatal(err)
	}
	// Each secret needs a sealer of its own.
	sealer, err := recipients.Prepare()
	if err != nil {
		log.Fatal(err)
	}
	ciphertext, err := sealer.Seal("sk_test_example")
	if err != nil {
		log.Fatal(err)
	}
	firstLine, _, _ := strings.Cut(ciphertext, "\n")
	fmt.Println(firstLine)
	// Output: -----BEGIN AGE ENCRYPTED FILE-----
}

func ExampleAgeIdentity_Open() {
	public, _ := newKey()
	recipients, err := envelope.ParseRecipients([]string{public})
	if err != nil {
		log.Fatal(err)
	}
	sealer, err := recipients.Prepare()
	if err != nil {
		log.Fatal(err)
	}
	ciphertext, err := sealer.Seal("sk_test_example")
	if err != nil {
		log.Fatal(err)
	}

	_, other := newKey()
	identity, err := envelope.ParseAgeIdentity(other)
	if err != nil {
		log.Fatal(err)
	}
	_, err = identity.Open(ciphertext)
	fmt.Println(errors.Is(err, envelope.ErrNotRecipient))
	// Output: true
}

func ExampleParseRecipient() {
	_, private := newKey()
	_, err := envelope.ParseRecipient(private)
	fmt.Println("recipients[0]", err)
	// Output: recipients[0] is a private key; its public key is wanted, which age-keygen -y prints
}

func ExamplePreparePassphrase() {
	old := "sk_test_old"
	sealer, err := envelope.PreparePassphrase(old, envelope.WorkFactor)
	if err != nil {
		log.Fatal(err)
	}
	ciphertext, err := sealer.Seal("sk_test_new") // made by a request that is sent only now
	if err != nil {
		log.Fatal(err)
	}
	opened, err := envelope.OpenWithPassphrase(ciphertext, old)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(opened)
	// Output: sk_test_new
}
