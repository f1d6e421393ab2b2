// Command verloning runs payroll and subsidies for people who come from a
// benefit: the service, and the command line that speaks to it as any client
// does. See README.md for the map.
//
// # Why
//
// One binary is what a finance department can be given. Main reads settings
// and hands them on: no globals, no container, and tests call the same run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "verloning:", err)
		os.Exit(1)
	}
}

// boundMemory lets the heap grow threefold between two collections, and collects
// more often before the whole would pass 400 MB: a run of any size fits a small
// machine. Who sets GOGC or GOMEMLIMIT knows better.
func boundMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(200)
		debug.SetMemoryLimit(400 << 20)
	}
}
