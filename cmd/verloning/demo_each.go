package main

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// demoHands is how many employers are at work at the same time: they mostly wait
// for disks.
const demoHands = 4

// own lets every employer go its own way.
func own(e demoEmployer) string { return e.code }

// each has every employer do a step, those of one group after each other and the
// groups side by side, and prints what they say in the order of the plan.
func (d *demo) each(ctx context.Context, m demoMonth, group func(demoEmployer) string, step func(context.Context, *demo, demoEmployer) error) error {
	groups := make([]string, len(m.employers))
	for i, e := range m.employers {
		groups[i] = group(e)
	}
	return d.sideBySide(ctx, groups, func(ctx context.Context, d *demo, i int) error { return step(ctx, d, m.employers[i]) })
}

// sideBySide does steps, of which groups names the group of each.
func (d *demo) sideBySide(ctx context.Context, groups []string, step func(context.Context, *demo, int) error) error {
	said := &demoTurns{d: d, papers: make([]bytes.Buffer, len(groups)), done: make([]bool, len(groups))}
	working, workers := errgroup.WithContext(ctx)
	working.SetLimit(demoHands)
	for i, one := range groups {
		if slices.Index(groups, one) < i {
			continue
		}
		working.Go(func() error {
			for i, group := range groups {
				if group != one {
					continue
				}
				his := *d
				his.paper = &said.papers[i]
				if err := step(workers, &his, i); err != nil {
					return err
				}
				said.finish(i)
			}
			return nil
		})
	}
	return working.Wait()
}

// demoTurns lets those who work side by side speak in turn.
type demoTurns struct {
	mu     sync.Mutex
	d      *demo
	papers []bytes.Buffer
	done   []bool
	next   int
}

// finish prints what waited for this one to be done.
func (t *demoTurns) finish(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.done[i] = true; t.next < len(t.done) && t.done[t.next]; t.next++ {
		_, _ = t.papers[t.next].WriteTo(t.d.paper)
	}
}
