// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/integrator/terraform-provider-integrator/internal/terraform"
)

// compareProcesses compares how providers start, and how big they are then.
func compareProcesses(ctx context.Context, providers []provider, rounds int) (table, error) {
	starts := table{
		title: "Starting a provider",
		text: "Without Terraform, from the start of the process to the answer with its schema. The floor\n" +
			"is a provider with one resource that sends nothing (`internal/bench/floor`), built with the\n" +
			"same framework and the same flags.",
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

// start starts the provider and asks it for its schema. It returns how long that
// took, in ms, and the resident memory in MiB.
func (p provider) start(ctx context.Context) ([]float64, error) {
	if err := p.renew(); err != nil {
		return nil, err
	}
	env := terraform.Environment("PLUGIN_UNIX_SOCKET_DIR=" + p.sockets) // a provider that is killed leaves its socket
	started := time.Now()
	plugin, err := terraform.Start(ctx, p.binary, env, nil)
	if err != nil {
		return nil, err
	}
	defer plugin.Kill()
	schema, err := plugin.Schema(ctx)
	took := time.Since(started)
	if err != nil {
		return nil, fmt.Errorf("asking %s for its schema: %w", p.name, err)
	}
	if !bytes.Contains(schema, []byte(p.schema)) {
		return nil, fmt.Errorf("the schema of %s has no %s", p.name, p.schema)
	}
	memory, err := residentMemory(ctx, plugin.PID())
	return []float64{inMilliseconds(took), memory}, err
}

// residentMemory is the resident memory of a process, in MiB. The maximum that
// the kernel reports when a process has ended would be wrong: it counts the memory
// of the parent before the process was started.
func residentMemory(ctx context.Context, pid int) (float64, error) {
	output, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("ps: %w", err)
	}
	kib, err := strconv.ParseFloat(strings.TrimSpace(string(output)), 64)
	return kib / 1024, err
}
