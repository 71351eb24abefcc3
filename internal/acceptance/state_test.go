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
	Attributes struct{ Secret string }
}

// objects are those of a resource in the state: the current one, if any, and
// deposed ones.
func (f *fixture) objects(resource string) []object {
	f.t.Helper()
	content, err := os.ReadFile(f.path("terraform.tfstate"))
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
		f.t.Fatal(err)
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
func (f *fixture) number(secret string) int { return slices.Index(f.Secrets(), secret) }

// newest is the number of the newest secret.
func (f *fixture) newest() int { return len(f.Secrets()) - 1 }

// current is the number of the secret that is the current one in state, and the
// status of its object.
func (f *fixture) current() (number int, status string) {
	f.t.Helper()
	for _, o := range f.objects("this") {
		if o.Deposed == "" {
			return f.number(o.Attributes.Secret), o.Status
		}
	}
	return none, ""
}

// stores checks which secret is the current one in state, and whether it is
// tainted.
func (f *fixture) stores(number int, tainted bool) {
	f.t.Helper()
	stored, status := f.current()
	if stored != number {
		f.t.Errorf("the state holds secret %d, want %d", stored, number)
	}
	if (status == "tainted") != tainted {
		f.t.Errorf("the state's object has status %q", status)
	}
}

// sent checks how many requests for a new secret have arrived.
func (f *fixture) sent(posts int) {
	f.t.Helper()
	if got := f.posts(); got != posts {
		f.t.Errorf("%d requests for a new secret, want %d", got, posts)
	}
}

// signedBy checks which secret signed the last request for a new one.
func (f *fixture) signedBy(number int) {
	f.t.Helper()
	signer := none
	for _, request := range f.Requests() {
		if request.Method == http.MethodPost {
			signer = request.SignedWith
		}
	}
	if signer != number {
		f.t.Errorf("secret %d signed, want %d", signer, number)
	}
}
