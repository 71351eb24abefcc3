// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
)

const regenerateSecretPath = "/v1/integrator/regenerate-secret"

// RegenerateSecret makes a new secret (POST /v1/integrator/regenerate-secret).
// It sends one POST, and another only if the one before provably changed nothing,
// or if its reply was lost and only another POST can replace it: see
// afterRegeneration. All other requests wait, and are signed with the new secret
// afterwards.
//
// Ending ctx stops it as long as nothing can have been sent. From then on it
// carries on, bounded by the request timeout and the retries, because the reply
// is the only copy; but see Config.Orphaned. The error is an *apisecret.RegenerateError,
// or ErrNoSecret.
func (c *Client) RegenerateSecret(ctx context.Context, in apisecret.RegenerateInput) (*apisecret.RegeneratedSecret, error) {
	c.rotation.Lock()
	defer c.rotation.Unlock()

	if len(in.Signers) == 0 {
		in.Signers = []apisecret.Secret{c.newest}
	}
	in.Signers = slices.DeleteFunc(slices.Clone(in.Signers), apisecret.Secret.IsZero)
	if len(in.Signers) == 0 {
		return nil, ErrNoSecret
	}
	body := encode(map[string]any{"oldSecretValidForSeconds": int64(in.GracePeriod / time.Second)})
	r := &regeneration{write: write{
		client:   c,
		call:     call{method: http.MethodPost, path: regenerateSecretPath, body: body, secrets: in.Signers},
		signers:  in.Signers,
		then:     afterRegeneration,
		onlyCopy: true,
		grace:    in.GracePeriod,
	}}
	r.accept = r.take
	if _, err := r.run(ctx); err != nil {
		return nil, r.failure(err)
	}
	c.newest = r.made.Secret
	return r.result(), nil
}

// regeneration is one call of RegenerateSecret.
type regeneration struct {
	write
	made *apisecret.RegeneratedSecret
	date time.Time // the server's clock in the reply; zero if unknown
}

// take takes the new secret out of a reply, also out of one that was cut short
// after the secret.
func (r *regeneration) take(got reply, err error) error {
	if !got.success() {
		return err
	}
	r.made = parseRegenerated(got.text)
	switch {
	case r.made != nil:
		r.made.SignedWith, r.made.RequestID = r.signers[r.signer], got.requestID()
		r.date = got.date
		return nil
	case err != nil && got.begins(object): // the rest may have had it
		return err
	}
	return got.unlike(object, "secret")
}

func (r *regeneration) failure(err error) *apisecret.RegenerateError {
	failure := &apisecret.RegenerateError{
		Outcome: judge(err), Err: err, SignedWith: r.signers[min(r.signer, len(r.signers)-1)], GracePeriod: r.grace,
		AmbiguousSince: r.ambiguousSince, AmbiguousAttempts: r.ambiguous,
	}
	if r.ambiguous > 0 {
		failure.OldSecretExpiresAt = r.oldSecretExpiresAt()
	}
	if odd, ok := errors.AsType[*ReplyError](err); ok {
		failure.Reply = odd.body
	}
	return failure
}

// parseRegenerated takes the secret out of a reply, whatever else is wrong with
// the reply. It returns nil if there is no secret.
func parseRegenerated(body []byte) *apisecret.RegeneratedSecret {
	members := leadingMembers(body)
	var secret, expiry string
	if json.Unmarshal(members["secret"], &secret) != nil || secret == "" {
		return nil
	}
	regenerated := &apisecret.RegeneratedSecret{Secret: apisecret.New(secret)}
	raw := members["oldSecretExpiresAt"]
	if len(raw) == 0 || string(raw) == "null" {
		return regenerated
	}
	if json.Unmarshal(raw, &expiry) != nil {
		expiry = string(raw)
	}
	parsed, err := time.Parse(time.RFC3339, expiry)
	if err != nil {
		regenerated.OddExpiry = fmt.Sprintf("%.64s", cleanText(expiry, regenerated.Secret))
	}
	regenerated.OldSecretExpiresAt = parsed
	return regenerated
}

// leadingMembers reads a JSON object member by member, up to its end or to where
// it is cut short. A secret before the cut is complete and must not be lost.
func leadingMembers(body []byte) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return members
	}
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			break
		}
		if name, isString := name.(string); isString {
			members[name] = value
		}
	}
	return members
}
