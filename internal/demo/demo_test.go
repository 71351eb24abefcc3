// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/emulator"
	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// asDemo is the environment variable that makes the test binary the demo.
const asDemo = "INTEGRATOR_TEST_AS_DEMO"

func TestMain(m *testing.M) {
	if os.Getenv(asDemo) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// chosen is the CLI that the tests have to use. It is "" if there is none to prefer
// to the ones on the PATH, which the demo finds by itself.
func chosen(t *testing.T) string {
	t.Helper()
	terraform.Require(t)
	return os.Getenv(terraform.PathVariable)
}

// patience is for machines that are busy with other tests.
const patience = 10 * time.Minute

// process is a demo in a process of its own, with a home folder and a temporary
// folder that are empty at first.
type process struct {
	*exec.Cmd
	home, temporary string
	stderr          bytes.Buffer
}

func newProcess(t *testing.T, cli string, environment ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(t.Context(), self, "-timeout", patience.String(), "-terraform", cli), home: t.TempDir(), temporary: t.TempDir()}
	p.Dir = filepath.Join("..", "..")
	p.Stderr = &p.stderr
	p.Env = slices.Concat(os.Environ(), goSettings(t), []string{
		asDemo + "=1",
		"HOME=" + p.home,
		"TMPDIR=" + p.temporary,
		"XDG_CACHE_HOME=" + p.home,
		"XDG_CONFIG_HOME=" + p.home,
		"XDG_DATA_HOME=" + p.home,
	}, environment)
	return p
}

// goSettings are the settings of Go that depend on the home folder.
func goSettings(t *testing.T) (settings []string) {
	t.Helper()
	names := []string{"GOCACHE", "GOENV", "GOMODCACHE", "GOPATH"}
	output, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, value := range strings.Split(strings.TrimSpace(string(output)), "\n") {
		settings = append(settings, names[i]+"="+value)
	}
	return settings
}

// files lists what is in a folder, with the time when each file was written.
func files(t *testing.T, folder string, skip ...string) (found []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(skip, name) && entry.IsDir():
			return fs.SkipDir
		case slices.Contains(skip, name), name == ".":
			return nil
		case entry.IsDir():
			found = append(found, name)
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found = append(found, name+info.ModTime().Format(" 15:04:05.000000"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkTidy fails if the demo left anything behind.
func (p *process) checkTidy(t *testing.T) {
	t.Helper()
	if left := files(t, p.temporary); len(left) > 0 {
		t.Errorf("left in the temporary folder: %q", left)
	}
	left := files(t, p.home, "go", "Library") // those are Go's own, for its telemetry
	// Any command of OpenTofu makes the folder of its settings, and leaves it empty.
	left = slices.DeleteFunc(left, func(name string) bool { return name == "opentofu" })
	if len(left) > 0 {
		t.Errorf("left in the home folder: %q", left)
	}
}

// checkMasked fails if the output shows more of a secret than it may.
func checkMasked(t *testing.T, output string) {
	t.Helper()
	if secret := regexp.MustCompile(`sk_test_[A-Z2-7]|[A-Z2-7]{12}`).FindString(output); secret != "" {
		t.Errorf("the output shows a secret, around %q", emulator.Masked(secret))
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	before := files(t, root, ".git", ".cache")

	// These are settings of the caller for other work. They must have no effect.
	p := newProcess(t, chosen(t),
		"TF_LOG=TRACE", "TF_CLI_ARGS=-bogus", "TF_CLI_ARGS_plan=-destroy", "TF_VAR_rotation=9", "TF_WORKSPACE=other",
		"TF_CLI_CONFIG_FILE=not.there", "INTEGRATOR_SECRET=of something else", "INTEGRATOR_USER_API_KEY=not a valid one")
	p.Env = append(p.Env, "TF_PLUGIN_CACHE_DIR="+p.home)
	output, err := p.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, output, p.stderr.String())
	}
	for _, told := range []string{
		"+ create integrator_api_secret.example",
		"~ update in-place integrator_api_secret.example",
		"-/+ destroy and then create replacement integrator_api_secret.example",
		"- destroy integrator_api_secret.example",
		"the API accepts #2 (200)",
		"the API refuses #2 (401)",
		"the output api_secret is #4, sk_test_…",
		"Everything held: 3 rotations by 3 requests",
	} {
		if !strings.Contains(string(output), told) {
			t.Errorf("the output does not say %q", told)
		}
	}
	if p.stderr.Len() > 0 {
		t.Errorf("stderr: %s", p.stderr.String())
	}
	checkMasked(t, string(output))
	p.checkTidy(t)
	if after := files(t, root, ".git", ".cache"); !slices.Equal(before, after) {
		t.Errorf("the tree changed:\n%s\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	if t.Failed() {
		t.Logf("%s", output)
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send an interrupt to one process")
	}
	interrupt := func(p *process, _ io.Closer) error { return p.Process.Signal(os.Interrupt) }
	leave := func(_ *process, output io.Closer) error { return output.Close() }

	for name, test := range map[string]struct {
		moment string // ends a line of the output
		end    func(*process, io.Closer) error
		told   string
	}{
		"building":    {" building it from this source tree …", interrupt, "interrupt signal received"},
		"applying":    {" apply", interrupt, "interrupt signal received"},
		"reader gone": {" apply", leave, "broken pipe signal received"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, chosen(t))
			output, err := p.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			at(output, test.moment, func() {
				if err := test.end(p, output); err != nil {
					t.Error(err)
				}
			})
			if err := p.Wait(); p.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v", err)
			}
			if told := p.stderr.String(); !strings.Contains(told, test.told) {
				t.Errorf("stderr: %s", told)
			}
			p.checkTidy(t)
		})
	}
}

// at reads the output to its end and calls do at each line that ends with moment.
func at(output io.Reader, moment string, do func()) {
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if strings.HasSuffix(lines.Text(), moment) {
			do()
		}
	}
}
