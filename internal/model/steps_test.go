// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package model

import (
	"slices"
	"strconv"
	"time"
)

// What happens between commands.
type (
	pass             struct{ D time.Duration }
	rotatedElsewhere struct{ Grace time.Duration }
	setSecret        struct{ To string }    // "live", "first", "previous", "state's", "wrong", "none"
	moveTo           struct{ Where string } // "home", "elsewhere", "another key"
	setTrigger       struct{ To string }
	setGrace         struct{ Seconds int }
	setDays          struct{ Days int }
	setLifecycle     struct{ CreateBeforeDestroy bool }
	skewed           struct{ D time.Duration }
	taint            struct{ Tainted bool }
	forget           struct{}

	onMachine     struct{ Number int }
	inWorkspace   struct{ Number int }
	setDestroy    struct{ Destroy bool } // lifecycle { destroy }
	setRecipients struct{ Sealed bool }
	setKey        struct{ AtHand bool } // the private key, in the runs
	orphanEnds    struct{}              // the oldest one
	orphanDies    struct{}              // likewise
)

// The commands.
type (
	apply struct {
		Rotate                           bool // by its trigger
		Replace, NoRefresh, DeposedFirst bool
		Unknown                          []string
		UnknownSecret                    bool
		Faults                           faults
		Interrupt                        interrupt
		Crash                            crash
		Orphan                           moment
		Dependency                       dependency
	}
	save struct {
		Rotate                           bool
		Replace, NoRefresh, DeposedFirst bool
		Unknown                          []string
		Gets                             []getFault
	}
	applySaved struct {
		Faults    faults
		Interrupt interrupt
		Crash     crash

		Orphan     moment
		Dependency dependency
	}
	refreshOnly  struct{ Gets []getFault }
	destroyed    struct{}
	importSecret struct{}
)

func (s pass) take(w *world) { w.clock.pass(s.D) }

func (s rotatedElsewhere) take(w *world) {
	w.memory.account(w.home.Rotate(s.Grace))
}

func (s setSecret) take(w *world) {
	issued := w.server.Secrets()
	switch current := w.terraform.stored().current; s.To {
	case "live":
		w.secret = w.server.Secret()
	case "first":
		w.secret = issued[0]
	case "previous":
		w.secret = issued[max(0, len(issued)-2)]
	case "state's":
		if current != nil && current.secret != "" {
			w.secret = current.secret
		}
	case "wrong":
		w.secret = wrongSecret
	case "none":
		w.secret = ""
		return
	}
	w.memory.account(w.secret)
}

// wrongSecret was never issued by anybody.
const wrongSecret = "sk_test_WRONGWRONGWRONGWRONGWRONG"

func (s moveTo) take(w *world) {
	w.server, w.key = w.home, w.home.Key()
	switch s.Where {
	case "elsewhere":
		w.server = w.servers[1]
	case "another key":
		w.key = "int_other"
	}
}

func (s setTrigger) take(w *world) { w.trigger = s.To }

// rotate changes the trigger, if told so.
func (w *world) rotate(really bool) {
	if really {
		w.edits++
		w.trigger = strconv.Itoa(w.edits)
	}
}

func (s setGrace) take(w *world) { w.grace = s.Seconds }

func (s setDays) take(w *world) { w.days = s.Days }

func (s setLifecycle) take(w *world) { w.cbd = s.CreateBeforeDestroy }

func (s skewed) take(w *world) {
	for _, server := range w.servers {
		server.SetSkew(s.D)
	}
	w.memory.skew = s.D
}

func (s taint) take(w *world) { w.terraform.taint(s.Tainted) }

func (s forget) take(w *world) {
	for _, h := range w.terraform.stored().all() {
		w.memory.account(h.secret)
	}
	w.terraform.forget()
}

func (s onMachine) take(w *world) { w.here = w.machines[s.Number] }

func (s inWorkspace) take(w *world) { w.workspace = w.workspaces[s.Number] }

func (s setDestroy) take(w *world) { w.keep = !s.Destroy }

func (s setRecipients) take(w *world) { w.sealed = s.Sealed }

func (s setKey) take(w *world) { w.readerIsOut = !s.AtHand }

func (s orphanEnds) take(w *world) {
	if len(w.orphans) > 0 {
		w.endOrphan(w.orphans[0])
	}
}

func (s orphanDies) take(w *world) {
	if len(w.orphans) > 0 {
		w.buryOrphan(w.orphans[0])
	}
}

func (s apply) take(w *world) {
	w.rotate(s.Rotate)
	r := w.request()
	r.replace, r.refresh, r.deposedFirst, r.unknown, r.crash = s.Replace, !s.NoRefresh, s.DeposedFirst, s.Unknown, s.Crash
	if s.UnknownSecret {
		r.unknownSettings = []string{"integrator_secret"}
	}
	if slices.ContainsFunc(s.Faults.Posts, postFault.takesLong) {
		r.settings["request_timeout"] = "1s"
	}
	r.orphan, r.dependency = newOrphan(s.Orphan), s.Dependency
	resumable := w.resumable(s)
	done := w.command("apply", r, s.Faults, s.Interrupt, w.terraform.apply)
	w.checkResumed(done, resumable)
	w.checkHealthy(done)
	w.checkIdle(done)
}

func (s save) take(w *world) {
	w.rotate(s.Rotate)
	r := w.request()
	r.replace, r.refresh, r.deposedFirst, r.unknown = s.Replace, !s.NoRefresh, s.DeposedFirst, s.Unknown
	w.saved.server, w.saved.key = w.server, w.key
	w.command("plan", r, faults{Gets: s.Gets}, never, w.terraform.save)
}

func (s applySaved) take(w *world) {
	if w.saved.server == nil {
		return
	}
	server, key := w.server, w.key // a plan comes with its provider block
	w.server, w.key = w.saved.server, w.saved.key
	defer func() { w.server, w.key = server, key }()
	r := w.request()
	r.refresh, r.crash = false, s.Crash
	r.orphan, r.dependency = newOrphan(s.Orphan), s.Dependency
	w.command("apply the plan", r, s.Faults, s.Interrupt, w.terraform.applySaved)
}

func (s refreshOnly) take(w *world) {
	w.command("refresh", w.request(), faults{Gets: s.Gets}, never, w.terraform.refresh)
}

func (s destroyed) take(w *world) {
	r := w.request()
	for _, h := range w.terraform.stored().all() {
		if !w.has(keptSecrets) {
			w.memory.account(h.secret)
		}
	}
	w.command("destroy", r, faults{}, never, w.terraform.destroy)
}

func (s importSecret) take(w *world) {
	if len(w.terraform.stored().all()) > 0 {
		return // Resource already managed by Terraform
	}
	w.imported.server, w.imported.secret = w.server, w.secret
	w.command("import", w.request(), faults{}, never, func(r request, out *output) bool {
		return w.terraform.importSecret(r, w.key, out)
	})
}
