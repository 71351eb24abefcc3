// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// TestTrace starts the provider as Terraform does and asks it for its schema.
// What the plugin libraries trace of that is only worth the time if somebody
// wants to see it.
func TestTrace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		env    []string
		traces bool
	}{
		{"nobody asks", nil, false},
		{"of Terraform alone", []string{"TF_LOG_CORE=TRACE"}, false},
		{"TF_LOG", []string{"TF_LOG=TRACE"}, true},
		{"TF_LOG_PROVIDER", []string{"TF_LOG_PROVIDER=JSON"}, true},
		{"what a library would ask", []string{"TF_LOG_SDK=TRACE"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if log := logOfSchema(t, tt.env); strings.Contains(log, `"@level":"trace"`) != tt.traces {
				t.Errorf("the provider logs\n%s", log)
			}
		})
	}
}

// logOfSchema is what the provider has logged once it has told its schema.
func logOfSchema(t *testing.T, env []string) string {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(os.Getenv("TF_CLI_CONFIG_FILE")), "terraform-provider-integrator"))
	cmd.Env = append(append(os.Environ(), env...), "PLUGIN_PROTOCOL_VERSIONS=6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	handshake, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		fields := strings.Split(handshake, "|") // core version|protocol version|network|address|…
		err = askForSchema(t, fields[2]+":"+fields[3])
	}
	if err != nil {
		_ = cmd.Process.Kill() // it was not told to end
	}
	if err := errors.Join(err, cmd.Wait()); err != nil {
		t.Fatalf("%v; the provider logs\n%s", err, log.String())
	}
	return log.String()
}

// askForSchema does so and then ends the provider.
func askForSchema(t *testing.T, address string) error {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	invoke := func(method string) error {
		return connection.Invoke(t.Context(), method, &emptypb.Empty{}, &emptypb.Empty{}, grpc.WaitForReady(true))
	}
	err = invoke("/tfplugin6.Provider/GetProviderSchema")
	_ = invoke("/plugin.GRPCController/Shutdown") // ends the connection too
	return err
}
