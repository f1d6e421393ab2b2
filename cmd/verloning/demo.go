package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll/euro"
)

// demoFiles are the plan of the demo: what the sources state of April 2007 and
// what was invented beside it, and the forty people of October and November 2026.
//
//go:embed demo
var demoFiles embed.FS

// demoOutput is where the files of a demo go that was given no directory.
const demoOutput = "demo-output"

// demoCommand runs three months from nothing to closed: each step is a command
// that a user could type, printed before what it answers.
type demoCommand struct {
	Dir  string `placeholder:"DIR" help:"Where to work and to leave the files; started again with the same directory it goes on. Without it everything is new, in a directory that is removed, and the files go to ./demo-output."`
	Keep bool   `help:"Leave the service running, to be tried, until it is interrupted."`
}

// demo is a demo under way.
type demo struct {
	plan   demoPlan
	data   string // of the service
	out    string // of the files that are handed in and downloaded
	getenv func(string) string
	paper  io.Writer       // what a reader sees; nothing with --json
	store  *postgres.Store // to know that every event was published
	stop   func() error

	received map[string]euro.Amount // what providers paid back, by municipality
	banking  map[string]*demoBank   // the bank of each organisation that has one
}

// Run runs the demo; --json prints the totals alone.
func (c demoCommand) Run(ctx context.Context, sh *shell) (err error) {
	d := &demo{paper: &foldedWriter{to: sh.out, width: demoWidth}, received: map[string]euro.Amount{}, banking: map[string]*demoBank{}}
	if sh.JSON {
		d.paper = io.Discard
	}
	if d.plan, err = readDemoPlan(); err != nil {
		return err
	}
	leave, err := d.settleIn(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave()) }()
	d.getenv = func(name string) string {
		return map[string]string{"VERLONING_DATA": d.data, "VERLONING_LOG": "WARN"}[name]
	}
	if err := d.start(ctx, sh); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	totals, err := d.story(ctx)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(totals)
	}
	d.conclude(totals, c.Keep)
	if c.Keep {
		<-ctx.Done()
	}
	return nil
}

// settleIn chooses the directories. Without one to go on in, the service's data
// lie in a temporary directory, because PostgreSQL runs as another user who may
// not be able to enter where the command was given; what is left for the user
// are files. Nothing is removed but that temporary directory.
func (d *demo) settleIn(c demoCommand) (leave func() error, err error) {
	leave = func() error { return nil }
	d.out, d.data = demoOutput, filepath.Join(c.Dir, "data")
	if c.Dir != "" {
		d.out = c.Dir
	} else {
		if d.data, err = os.MkdirTemp("", "verloning-demo-"); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		if !c.Keep {
			leave = func() error { return os.RemoveAll(d.data) }
		}
		if err := os.Chmod(d.data, 0o711); err != nil {
			return nil, errors.Join(fmt.Errorf("demo: %w", err), leave())
		}
	}
	d.data, err = filepath.Abs(d.data)
	if err == nil {
		err = os.MkdirAll(d.out, 0o755)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("demo: %w", err), leave())
	}
	return leave, nil
}

// start runs the service beside the demo and waits until it answers.
func (d *demo) start(ctx context.Context, sh *shell) error {
	cfg, err := readConfig(d.getenv)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- serve(serving, cfg, sh.log(cfg.LogLevel), func(h *host) (err error) {
			if d.store, err = h.openStore(serving); err == nil {
				close(ready)
			}
			return err
		})
	}()
	d.stop = func() error { stop(); return <-done }
	select {
	case <-ready:
		return nil
	case err := <-done:
		stop()
		return fmt.Errorf("demo: %w", errors.Join(err, errors.New("the service did not start")))
	}
}

// story is the demo from the first organisation to the totals.
func (d *demo) story(ctx context.Context) (demoTotals, error) {
	d.introduce()
	if err := d.registers(ctx); err != nil {
		return demoTotals{}, err
	}
	for _, m := range d.plan.months {
		if err := d.month(ctx, m); err != nil {
			return demoTotals{}, err
		}
	}
	if err := d.reconciles(ctx); err != nil {
		return demoTotals{}, err
	}
	totals, err := d.adds(ctx)
	if err != nil {
		return totals, err
	}
	return totals, d.download("totals.json", totals)
}

// month goes from people to settled claims.
func (d *demo) month(ctx context.Context, m demoMonth) error {
	for _, step := range []func(context.Context, demoMonth) error{
		d.people, d.ends, d.learns, d.settings, d.budgets, d.refers, d.handsIn, d.calculates, d.approves, d.corrects, d.tells, d.banks, d.returns, d.costs, d.grants, d.subsidises,
		d.settles, d.draws, d.states, d.explains,
	} {
		if err := step(ctx, m); err != nil {
			return fmt.Errorf("demo %s: %w", m.period, err)
		}
	}
	return nil
}
