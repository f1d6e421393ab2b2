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
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "verloning:", err)
		os.Exit(1)
	}
}
