// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	server, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if server.Key() != "int_demo" {
		t.Errorf("key %q", server.Key())
	}
	if !strings.HasPrefix(server.Secret(), "sk_test_") || !server.Accepts(server.Secret()) {
		t.Errorf("the first secret is no good")
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	c := start(t, Options{Key: "int_other"})
	a := c.profile(c.Secret())
	if a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	profile := a.json(t)
	for _, member := range []string{"id", "integratorKey", "name", "email", "createdAt"} {
		if s, ok := profile[member].(string); !ok || s == "" {
			t.Errorf("%s is %v", member, profile[member])
		}
	}
	for _, member := range []string{"canSubsidizeUserFees", "achDebitEnabled", "billPayEnabled"} {
		if _, ok := profile[member].(bool); !ok {
			t.Errorf("%s is %v", member, profile[member])
		}
	}
	if profile["integratorKey"] != "int_other" {
		t.Errorf("integratorKey is %v", profile["integratorKey"])
	}
}

func TestNoSuchRoute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, target string
		status         int
		problem, allow string
	}{
		{"GET", "/v1/nothing", 404, ProblemNotFound, ""},
		{"GET", "/v1/integrator", 404, ProblemNotFound, ""},
		{"GET", "/v1//integrator/", 404, ProblemNotFound, ""},
		{"POST", "/v1/integrator/regenerate-secret/", 404, ProblemNotFound, ""},
		{"GET", "/v1/integrator/regenerate-secret", 405, "about:blank", "POST"},
		{"DELETE", "/v1/integrator/", 405, "about:blank", "GET, HEAD"},
	} {
		t.Run(tt.method+" "+tt.target, func(t *testing.T) {
			t.Parallel()
			c := start(t, Options{})
			a := c.do(c.request(c.Secret(), tt.method, tt.target, ""))
			problem := a.json(t)
			if a.status != tt.status || problem["type"] != tt.problem || a.header.Get("Allow") != tt.allow {
				t.Errorf("%d %v, Allow: %s", a.status, problem, a.header.Get("Allow"))
			}
			if tt.status == 404 && (problem["resourceType"] != "route" || problem["resourceId"] != tt.target) {
				t.Errorf("names the resource %v %v", problem["resourceType"], problem["resourceId"])
			}
			if c.last().Processed {
				t.Error("was processed")
			}
		})
	}
}

func TestEveryAnswerIsStamped(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	c.SetSkew(time.Minute)
	c.Inject(Fault{}, HTML(502))

	seen := map[string]bool{}
	for _, status := range []int{200, 502, 401} {
		secret := c.Secret()
		if status == 401 {
			secret = "wrong"
		}
		a := c.profile(secret)
		if a.status != status {
			t.Fatalf("status %d, not %d", a.status, status)
		}
		for _, name := range []string{"x-amzn-requestid", "x-amzn-trace-id"} {
			id := a.header.Get(name)
			if id == "" || seen[id] {
				t.Errorf("%s is %q", name, id)
			}
			seen[id] = true
		}
		if date := a.header.Get("Date"); date != "Wed, 19 Aug 2026 15:17:07 GMT" {
			t.Errorf("Date is %s", date)
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	fits := `{"x":"` + strings.Repeat("x", maxBody-8) + `"}`
	if a := c.regenerate(c.Secret(), fits); a.status != 200 {
		t.Errorf("a body of the bound: %d %s", a.status, a.body)
	}
	if a := c.regenerate(c.Secret(), fits+" "); a.status != 413 || a.json(t)["title"] != "Request Entity Too Large" {
		t.Errorf("a larger body: %d %s", a.status, a.body)
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	c := start(t, Options{})
	secret := c.Secret()
	const n = 16
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = c.request(secret, "POST", RegeneratePath, `{}`)
	}

	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for _, r := range requests {
		wg.Go(func() {
			a, err := c.try(r)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[a.status]++
		})
	}
	wg.Wait()
	if statuses[200] != 1 || statuses[401] != n-1 {
		t.Errorf("one secret signed %v", statuses)
	}
}
