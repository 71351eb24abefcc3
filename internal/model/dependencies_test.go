// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

// dependency is what becomes of something else that Terraform does between Delete
// and Create of a replacement that destroys first.
type dependency string

const (
	ready        dependency = ""
	fails        dependency = "fails"
	interrupted  dependency = "is interrupted"
	dies         dependency = "is when Terraform is killed"
	precondition dependency = "is followed by a precondition that fails"
)

// dependencyReady reports whether Terraform goes on to Create.
func (p *process) dependencyReady() bool {
	switch p.dependency {
	case ready, precondition:
	case fails:
		p.fail("The dependency could not be created")
		return false
	case interrupted:
		p.cancel()
	case dies:
		panic(killed{})
	}
	return !p.stopped()
}

// fail tells an error that is none of the provider's.
func (p *process) fail(summary string) {
	p.out.shown = append(p.out.shown, diagnostic{From: "elsewhere", Error: true, Summary: summary})
}
