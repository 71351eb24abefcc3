// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Plugin is a provider that runs without the CLI.
type Plugin struct {
	cmd        *exec.Cmd
	protocol   string
	connection *grpc.ClientConn
}

// Start starts a provider as Terraform does, but without TLS, and connects to it.
// What the provider logs goes to log, which may be nil. The provider is killed
// when the context ends.
func Start(ctx context.Context, binary string, env []string, log io.Writer) (*Plugin, error) {
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = slices.Concat(env, []string{
		"PLUGIN_PROTOCOL_VERSIONS=5,6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
	})
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Plugin{cmd: cmd}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		err = p.connect(strings.TrimSpace(line))
	}
	if err != nil {
		p.Kill()
		return nil, fmt.Errorf("the handshake of %s: %w", binary, err)
	}
	return p, nil
}

// connect takes go-plugin's handshake, which is
// core version|protocol version|network|address|grpc|certificate.
func (p *Plugin) connect(handshake string) (err error) {
	fields := strings.Split(handshake, "|")
	if len(fields) < 5 || fields[4] != "grpc" {
		return fmt.Errorf("it is %q", handshake)
	}
	p.protocol = fields[1]
	target := fields[3]
	if fields[2] == "unix" { // on Windows it is TCP
		target = "unix:" + target
	}
	p.connection, err = grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	return err
}

// Schema asks the provider for its schema and returns it as the provider encodes
// it.
func (p *Plugin) Schema(ctx context.Context) ([]byte, error) {
	method := "/tfplugin6.Provider/GetProviderSchema"
	if p.protocol == "5" {
		method = "/tfplugin5.Provider/GetSchema"
	}
	schema := &emptypb.Empty{} // knows none of the fields, and keeps them
	err := p.connection.Invoke(ctx, method, &emptypb.Empty{}, schema, grpc.WaitForReady(true))
	return schema.ProtoReflect().GetUnknown(), err
}

// PID is the provider's process.
func (p *Plugin) PID() int { return p.cmd.Process.Pid }

// Stop tells the provider to end, and waits until it has.
func (p *Plugin) Stop(ctx context.Context) error {
	// The provider closes the connection, so that this call fails.
	_ = p.connection.Invoke(ctx, "/plugin.GRPCController/Shutdown", &emptypb.Empty{}, &emptypb.Empty{})
	return errors.Join(p.cmd.Wait(), p.connection.Close())
}

// Kill ends the provider at once.
func (p *Plugin) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	if p.connection != nil {
		_ = p.connection.Close()
	}
}
