// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package envelope

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// Sealer encrypts one secret. Everything that can fail about encryption has been
// done before there is one.
type Sealer struct {
	armored  *bytes.Buffer
	armor    io.WriteCloser
	header   int // bytes of it, before the armor
	envelope io.WriteCloser
}

// Prepare returns a Sealer that encrypts for the recipients.
func (r Recipients) Prepare() (*Sealer, error) { return newSealer(r...) }

func newSealer(recipients ...age.Recipient) (*Sealer, error) {
	s := &Sealer{armored: &bytes.Buffer{}}
	s.armor = armor.NewWriter(s.armored)
	counted := &counter{writer: s.armor}
	var err error
	s.envelope, err = age.Encrypt(counted, recipients...) // writes the header
	s.header = counted.bytes
	return s, err
}

// Seal encrypts the secret and returns the armored ciphertext. It can be called
// once.
func (s *Sealer) Seal(secret string) (string, error) {
	_, err := io.WriteString(s.envelope, secret)
	if err = errors.Join(err, s.envelope.Close(), s.armor.Close()); err != nil {
		return "", err
	}
	return s.armored.String(), nil
}

// MaxSize returns how many bytes the armored ciphertext of a secret of n bytes has
// at most.
func (s *Sealer) MaxSize(n int) int {
	const chunk, tag = 64 << 10, 16 // age authenticates each chunk
	const columns = 64              // of a line of the armor
	chunks := max(1, (n+chunk-1)/chunk)
	text := base64.StdEncoding.EncodedLen(s.header + n + tag*chunks)
	lines := (text + columns - 1) / columns
	return len(armor.Header+"\n") + text + lines + len(armor.Footer+"\n")
}

// counter counts the bytes on their way to the writer.
type counter struct {
	writer io.Writer
	bytes  int
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return c.writer.Write(p)
}
