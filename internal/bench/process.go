// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// compareProcesses compares what providers are before they do anything.
func compareProcesses(ctx context.Context, providers []provider, rounds int) (table, error) {
	starts := table{
		title: "Starting a provider",
		text: "Outside of Terraform: from the start of the process to the answer with its schema. The\n" +
			"floor is a provider with one resource that sends nothing (`internal/bench/floor`), built\n" +
			"with the same framework and the same flags.",
		rows: []row{
			{what: "process start to schema", unit: "ms", atMost: 1.15},
			{what: "resident memory then", unit: "MiB", atMost: 1.10},
			{what: "stripped binary", unit: "MiB", atMost: 1.12},
		},
	}
	var contenders []contender
	for _, provider := range providers {
		starts.columns = append(starts.columns, provider.name)
		contenders = append(contenders, provider.start)
	}
	medians, err := alternate(ctx, rounds, contenders...)
	if err != nil {
		return table{}, err
	}
	for i, provider := range providers {
		size, err := provider.size()
		if err != nil {
			return table{}, err
		}
		starts.add(append(medians[i], size))
	}
	return starts, nil
}

// start starts the provider as Terraform does, but for TLS, and asks it for its
// schema. It returns how long that took, in ms, and the resident memory in MiB.
func (p provider) start(ctx context.Context) ([]float64, error) {
	if err := p.renew(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, p.binary)
	cmd.Env = append(environment(),
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=5,6",
		"PLUGIN_UNIX_SOCKET_DIR="+p.sockets, // whoever is killed leaves one
	)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s does not shake hands: %w", p.name, err)
	}
	schema, err := askForSchema(ctx, strings.TrimSpace(line))
	took := time.Since(started)
	if err != nil {
		return nil, fmt.Errorf("asking %s for its schema: %w", p.name, err)
	}
	if !bytes.Contains(schema, []byte(p.schema)) {
		return nil, fmt.Errorf("the schema of %s has no %s", p.name, p.schema)
	}
	memory, err := residentMemory(ctx, cmd.Process.Pid)
	return []float64{inMilliseconds(took), memory}, err
}

// askForSchema takes go-plugin's handshake, which is
// core version|protocol version|network|address|grpc|certificate.
func askForSchema(ctx context.Context, handshake string) ([]byte, error) {
	fields := strings.Split(handshake, "|")
	if len(fields) < 5 || fields[4] != "grpc" {
		return nil, fmt.Errorf("unknown handshake %q", handshake)
	}
	method := map[string]string{
		"5": "/tfplugin5.Provider/GetSchema",
		"6": "/tfplugin6.Provider/GetProviderSchema",
	}[fields[1]]
	connection, err := grpc.NewClient(fields[2]+":"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer func() { _ = connection.Close() }()
	schema := &emptypb.Empty{} // all fields of which are unknown, and kept
	err = connection.Invoke(ctx, method, &emptypb.Empty{}, schema, grpc.WaitForReady(true))
	return schema.ProtoReflect().GetUnknown(), err
}

// residentMemory is that of a process, in MiB. What the kernel keeps for the end
// of a process would not do: it begins with the size of the parent.
func residentMemory(ctx context.Context, pid int) (float64, error) {
	output, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("ps: %w", err)
	}
	kib, err := strconv.ParseFloat(strings.TrimSpace(string(output)), 64)
	return kib / 1024, err
}
