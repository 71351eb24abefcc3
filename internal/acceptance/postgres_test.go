// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// postgres is a PostgreSQL server for one test.
type postgres struct {
	programs string              // folder
	folder   string              // its own
	account  *syscall.Credential // nil for the test's
}

// startPostgres starts a server where it is installed, and skips the test where
// it is not.
func startPostgres(t *testing.T) *postgres {
	t.Helper()
	programs := postgresPrograms()
	if programs == "" {
		t.Skip("PostgreSQL is not installed: no initdb on the PATH or in /usr/lib/postgresql")
	}
	// Not in t.TempDir, which other users cannot enter.
	folder, err := os.MkdirTemp("", "integrator-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	p := &postgres{programs: programs, folder: folder, account: ordinaryAccount(t)}
	if p.account != nil {
		if err := os.Chown(folder, int(p.account.Uid), int(p.account.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(folder, "data")
	p.run(t, "initdb", "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	p.serve(t, data)
	return p
}

// serve runs the server until the test ends.
func (p *postgres) serve(t *testing.T, data string) {
	t.Helper()
	var log strings.Builder
	server := p.command("postgres", "-D", data, "-p", port, "-k", p.folder, "-c", "listen_addresses=", "-c", "fsync=off")
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT) // stops it, whoever is connected
		<-ended
	})
	eventually(t, "PostgreSQL", func() bool {
		select {
		case <-ended:
			t.Fatalf("PostgreSQL does not start:\n%s", log.String())
		default:
		}
		status, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		return err == nil && slices.Contains(strings.Fields(string(status)), "ready")
	})
}

// port only names the socket in the server's folder.
const port = "5432"

// newDatabase returns how Terraform connects to a new database. States in one
// database are not independent: whoever makes the first one locks all of them.
func (p *postgres) newDatabase(t *testing.T) (connection string) {
	t.Helper()
	name := "team_" + strings.ToLower(rand.Text())
	p.run(t, "createdb", "--host="+p.folder, "--port="+port, "--username=postgres", name)
	return "postgres:///" + name + "?user=postgres&sslmode=disable&port=" + port + "&host=" + p.folder
}

func (p *postgres) run(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := p.command(program, args...)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, output)
	}
}

// command is not bound to the test's context, which ends before it is cleaned up.
func (p *postgres) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(p.programs, program), args...)
	cmd.Dir = p.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.account}
	return cmd
}

// postgresPrograms is the folder with the server's programs, "" if there is
// none. Debian keeps them off the PATH.
func postgresPrograms() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// ordinaryAccount is one for PostgreSQL, which refuses to run as root; nil for
// the test's own.
func ordinaryAccount(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Skip("PostgreSQL does not run as root, and there is no other user, postgres or nobody")
	return nil
}
