// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/apisecret"
	"github.com/integrator/terraform-provider-integrator/internal/client"
	"github.com/integrator/terraform-provider-integrator/internal/emulator"
)

// Each request is signed with the secret and the time. This server shows what
// arrives.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		for _, name := range []string{"X-Integrator-Key", "X-Timestamp", "X-Signature"} {
			fmt.Printf("%s: %s\n", name, r.Header.Get(name))
		}
		_, _ = fmt.Fprint(w, `{"integratorKey": "int_demo", "name": "Demo Integrator"}`)
	}))
	defer server.Close()

	endpoint, err := client.ParseEndpoint(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := client.New(client.Config{
		Endpoint:      endpoint,
		IntegratorKey: "int_demo",
		Secret:        apisecret.New("sk_test_demo"),
		Clock:         func() time.Time { return time.Date(2026, 8, 19, 12, 0, 0, 0, time.UTC) },
	})
	profile, err := c.Profile(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.Name)
	// Output:
	// GET /v1/integrator/
	// X-Integrator-Key: int_demo
	// X-Timestamp: 1787140800000
	// X-Signature: sha256=7d8004bce5165fb963a0c476510f2e5f777d43a6dd87d38ffbb52b8c00171f14
	// Demo Integrator
}

// An error of RegenerateSecret says what became of the secret. Here the connection
// is cut and the client may not send the request again.
func ExampleClient_RegenerateSecret() {
	api, err := emulator.Start(emulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer api.Close()
	api.Inject(emulator.Fault{Drop: true})

	endpoint, err := client.ParseEndpoint(api.URL())
	if err != nil {
		fmt.Println(err)
		return
	}
	c := client.New(client.Config{Endpoint: endpoint, IntegratorKey: api.Key(), Secret: apisecret.New(api.Secret()), MaxRetries: 0})
	regenerated, err := c.RegenerateSecret(context.Background(), apisecret.RegenerateInput{GracePeriod: 5 * time.Minute})
	failure, failed := errors.AsType[*apisecret.RegenerateError](err)
	switch {
	case !failed:
		fmt.Println("The new secret is", regenerated.Secret) // which prints no secret
	case failure.Effect() == apisecret.Unchanged:
		fmt.Println("No new secret was made.")
	default:
		fmt.Println("The old secret may expire", failure.OldSecretExpiresAt.Sub(failure.AmbiguousSince), "after the request was sent.")
	}
	// Output:
	// The old secret may expire 5m0s after the request was sent.
}
