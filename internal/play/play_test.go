// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/examples"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// asPlay is the environment variable that makes the test binary the command.
const asPlay = "INTEGRATOR_TEST_AS_PLAY"

func TestMain(m *testing.M) {
	if os.Getenv(asPlay) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// terminal is what a process has printed so far.
type terminal struct {
	mu      sync.Mutex
	printed bytes.Buffer
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.printed.Write(p)
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.printed.String()
}

// waitFor waits until the process has printed some words.
func (x *terminal) waitFor(t *testing.T, words string) {
	t.Helper()
	for deadline := time.After(time.Minute); !strings.Contains(x.text(), words); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %q in\n%s", words, x.text())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// The README's configuration is applied with the settings that are printed, and with
// the provider as a local build. An interrupt then ends the API.
func TestPlay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send an interrupt to one process")
	}
	cli := terraform.Require(t)
	build, err := terraform.NewOverride(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	configuration, err := fs.ReadFile(examples.FS(), "quick-start/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), configuration, 0o600); err != nil {
		t.Fatal(err)
	}

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shown := &terminal{}
	play := exec.CommandContext(t.Context(), self)
	play.Env = append(os.Environ(), asPlay+"=1")
	play.Stdout, play.Stderr = shown, shown
	if err := play.Start(); err != nil {
		t.Fatal(err)
	}
	shown.waitFor(t, "Ctrl-C ends the API.\n\n")

	env := terraform.Environment("TF_CLI_CONFIG_FILE=" + build.Config)
	for _, setting := range regexp.MustCompile(`(?m)^export (INTEGRATOR_\w+=.+)$`).FindAllStringSubmatch(shown.text(), -1) {
		env = append(env, setting[1])
	}
	run := func(args ...string) string {
		t.Helper()
		output, err := terraform.Output(cli.Command(t.Context(), folder, env, args...))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(output)
	}
	run("apply", "-auto-approve", "-input=false")
	second := run("output", "-raw", "api_secret")
	run("apply", "-auto-approve", "-input=false", "-replace=integrator_api_secret.example")
	third := run("output", "-raw", "api_secret")

	if err := play.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := play.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	for _, words := range []string{
		"POST /v1/integrator/regenerate-secret  200, signed with #1\n     made #2, sk_test_…" + second[len(second)-4:] + "\n",
		"POST /v1/integrator/regenerate-secret  200, signed with #2\n     made #3, sk_test_…" + third[len(third)-4:] + "\n",
		"unset INTEGRATOR_ENDPOINT INTEGRATOR_KEY INTEGRATOR_SECRET\n",
	} {
		if !strings.Contains(shown.text(), words) {
			t.Errorf("%q is not in what it printed", words)
		}
	}
	if whole := regexp.MustCompile(`[A-Z2-7]{12,}`).FindAllString(shown.text(), -1); len(whole) != 1 {
		t.Errorf("%d secrets are shown whole, and not only the one to paste", len(whole))
	}
	if t.Failed() {
		t.Logf("%s", shown.text())
	}
}
