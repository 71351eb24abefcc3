// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
)

// none stands for no secret where secrets are numbered. The first, which the
// environment configures, is 0; the next ones are numbered as they are issued.
const none = -1

// object is one of the resource's in the state file.
type object struct {
	Status     string // "tainted" or ""
	Deposed    string
	Attributes attributes
}

type attributes struct {
	Secret             string
	Version            int64
	RotatedAt          *string `json:"rotated_at"`
	OldSecretExpiresAt *string `json:"old_secret_expires_at"`
}

// objects are those of a resource in the state: the current one, if any, and
// deposed ones.
func (w *workspace) objects(resource string) []object {
	w.t.Helper()
	content, err := os.ReadFile(w.path("terraform.tfstate"))
	if os.IsNotExist(err) || err == nil && len(content) == 0 {
		return nil // an apply that was killed leaves an empty file
	}
	var state struct {
		Resources []struct {
			Mode, Name string
			Instances  []object
		}
	}
	if err == nil {
		err = json.Unmarshal(content, &state)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	var objects []object
	for _, r := range state.Resources {
		if r.Mode == "managed" && r.Name == resource { // a data source may have the name too
			objects = append(objects, r.Instances...)
		}
	}
	return objects
}

// number is the number of a secret.
func (w *workspace) number(secret string) int { return slices.Index(w.Secrets(), secret) }

// newest is the number of the newest secret.
func (w *workspace) newest() int { return len(w.Secrets()) - 1 }

// current is the number of the secret that is the current one in state, and the
// status of its object.
func (w *workspace) current() (number int, status string) {
	w.t.Helper()
	for _, o := range w.objects("this") {
		if o.Deposed == "" {
			return w.number(o.Attributes.Secret), o.Status
		}
	}
	return none, ""
}

// stores checks which secret is the current one in state, and whether it is
// tainted.
func (w *workspace) stores(number int, tainted bool) {
	w.t.Helper()
	stored, status := w.current()
	if stored != number {
		w.t.Errorf("the state holds secret %d, want %d", stored, number)
	}
	if (status == "tainted") != tainted {
		w.t.Errorf("the state's object has status %q", status)
	}
}

// sent checks how many requests for a new secret have arrived.
func (w *workspace) sent(posts int) {
	w.t.Helper()
	if got := w.posts(); got != posts {
		w.t.Errorf("%d requests for a new secret, want %d", got, posts)
	}
}

// signer is the number of the secret that signed the last request for a new
// one.
func (w *workspace) signer() int {
	w.t.Helper()
	for _, request := range slices.Backward(w.Requests()) {
		if request.Method == http.MethodPost {
			return request.SignedWith
		}
	}
	return none
}
